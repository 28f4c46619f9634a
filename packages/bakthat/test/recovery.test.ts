import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { generateIdentity } from '@bakthat/crypto'
import { awsCli } from '@bakthat/emulator/aws-cli'
import { settableClock } from '@bakthat/emulator/clock'
import { startGlacier } from '@bakthat/emulator/glacier'
import { startS3, testCredential } from '@bakthat/emulator/s3'
import { backup, open, type BackupOptions, type Conf, type Recovery } from 'bakthat'
import { place, type Place } from './place.js'

const hour = 3_600_000

async function recoveryOf(conf: Conf, destination?: string): Promise<Recovery> {
  await using bakthat = await open({ conf })
  return await bakthat.recovery(destination === undefined ? {} : { destination })
}

/** Gives a line to a shell that knows of nothing here, in an empty directory but for the identity. */
async function typed(here: Place, line: string, identity = '', env: NodeJS.ProcessEnv = {}): Promise<Typed> {
  const directory = await mkdtemp(join(here.directory, 'new-'))
  await writeFile(join(directory, 'key.txt'), `${identity}\n`)
  const { stdout } = await promisify(execFile)('bash', ['-o', 'pipefail', '-ec', line], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: directory, ...env },
  })
  return { directory, stdout }
}

interface Typed {
  readonly directory: string
  readonly stdout: string
}

const missing = ['tar', 'zstd', 'age'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
const withTools = missing.length === 0 ? describe : describe.skip
const withAwsCli = awsCli === undefined || missing.length > 0 ? describe.skip : describe

withTools('the lines for backups in a directory', () => {
  it('restore every kind of them, of each the newest', async () => {
    await using here = await place()
    const { identity, recipient } = await generateIdentity()
    const kinds = (['zstd', 'gzip', 'none'] as const).flatMap((format) =>
      [{}, { recipients: [recipient] }].map((keys): BackupOptions => ({ compression: { format }, ...keys })),
    )
    for (const name of ['older', "the database's.sql"])
      for (const kind of kinds) {
        await backup(here.tree, { conf: here.conf, name, ...kind })
        await backup(stream(name), { conf: here.conf, name, ...kind })
      }
    const { list, examples } = await recoveryOf(here.conf)
    const { stdout: listed } = await typed(here, list!)
    expect(examples).toHaveLength(2 * kinds.length)
    for (const { backup: newest, restore, encryption } of examples) {
      expect(newest.filename).toBe("the database's.sql")
      expect(listed).toContain(newest.storedFilename)
      expect(encryption).toBe(newest.storedFilename.endsWith('.age') ? 'recipients' : undefined)
      const { directory } = await typed(here, restore, identity)
      const isTree = restore.includes('tar -x')
      const restored = isTree ? join(directory, 'bak', 'sub', 'file.txt') : join(directory, newest.filename)
      expect(await readFile(restored, 'utf8')).toBe(isTree ? 'kept' : newest.filename)
    }
  })

  it('ask for a passphrase where it is one', async () => {
    await using here = await place()
    await backup(here.tree, { conf: here.conf, password: 'secret' })
    const [example] = (await recoveryOf(here.conf)).examples
    expect(example).toMatchObject({ encryption: 'passphrase' })
    expect(example!.restore).toContain(' | age -d | ')
  })
})

describe('the profile for another machine', () => {
  it('finds the backups, once it is given the credentials', async () => {
    await using here = await place()
    const server = await startS3({ buckets: ['bucket'] })
    try {
      const { accessKeyId: access_key, secretAccessKey: secret_key } = testCredential
      const where = { s3_bucket: 'bucket', s3_prefix: 'host/', endpoint: server.endpoint, region_name: server.region }
      const conf = { ...here.conf, ...where, access_key, secret_key, aws_profile: 'of this machine' }
      const { storedFilename } = await backup(here.tree, { conf, destination: 's3' })
      const recovery = await recoveryOf(conf, 's3')
      expect(recovery).toMatchObject({ profile: 'default', destination: { backend: 's3' }, host: expect.any(String) })
      expect(recovery.conf).toEqual({ default_destination: 's3', ...where })
      expect(JSON.stringify(recovery)).not.toContain(secret_key)
      const database = join(here.directory, 'new.sqlite')
      await using elsewhere = await open({ conf: { ...recovery.conf, access_key, secret_key, database } })
      expect((await elsewhere.sync()).added).toMatchObject([{ storedFilename }])
    } finally {
      await server.stop()
    }
  })
})

withAwsCli('the lines for the AWS CLI', () => {
  const env = {
    AWS_ACCESS_KEY_ID: testCredential.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredential.secretAccessKey,
  }

  it('list a bucket, thaw what is cold, and restore it', async () => {
    await using here = await place()
    const clock = settableClock(new Date())
    const server = await startS3({ clock, buckets: ['bucket'] })
    try {
      const { accessKeyId: access_key, secretAccessKey: secret_key } = testCredential
      const where = {
        s3_bucket: 'bucket',
        s3_prefix: "a host's/",
        endpoint: server.endpoint,
        region_name: server.region,
      }
      const conf: Conf = { ...here.conf, ...where, access_key, secret_key, storage_class: 'DEEP_ARCHIVE' }
      const { storedFilename } = await backup(here.tree, { conf })
      const { list, examples } = await recoveryOf(conf)
      expect((await typed(here, list!, '', env)).stdout).toContain(storedFilename)
      await typed(here, examples[0]!.thaw!, '', env)
      clock.advance(13 * hour)
      const { directory } = await typed(here, examples[0]!.restore, '', env)
      expect(await readFile(join(directory, 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
    } finally {
      await server.stop()
    }
  })

  it('ask a vault for an archive, and restore it', async () => {
    await using here = await place()
    const clock = settableClock(new Date())
    const glacier = await startGlacier({ clock })
    try {
      glacier.vault('vault')
      const { accessKeyId: access_key, secretAccessKey: secret_key } = glacier.credential
      const conf = { ...here.conf, access_key, secret_key, glacier_vault: 'vault', glacier_endpoint: glacier.endpoint }
      await backup(here.tree, { conf })
      const { list, examples } = await recoveryOf(conf)
      expect(list).toBeUndefined()
      const keys = { AWS_ACCESS_KEY_ID: access_key, AWS_SECRET_ACCESS_KEY: secret_key }
      const { stdout: asked } = await typed(here, examples[0]!.thaw!, '', keys)
      const { jobId } = JSON.parse(asked) as { jobId: string }
      clock.advance(6 * hour)
      const { directory } = await typed(here, examples[0]!.restore.replace('JOB', jobId), '', keys)
      expect(await readFile(join(directory, 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
    } finally {
      await glacier.stop()
    }
  })
})

async function* stream(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
