import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { settableClock } from '@bakthat/emulator/clock'
import { startS3, testCredential, type S3Server } from '@bakthat/emulator/s3'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bin, Home } from './support/bin.js'

const day = 86_400_000

describe('a backup to S3 that is stopped while it uploads', () => {
  let home: Home
  let s3: S3Server
  beforeEach(async () => {
    home = new Home()
    // What is begun now is two days old for whoever looks at it: old enough to be cleared up.
    s3 = await startS3({ buckets: ['backups'], clock: settableClock(new Date(Date.now() - 2 * day)) })
    const { accessKeyId, secretAccessKey } = testCredential
    const profile = {
      s3_bucket: 'backups',
      endpoint: s3.endpoint,
      access_key: accessKeyId,
      secret_key: secretAccessKey,
      provider: 'aws',
      path_style: true,
    }
    await writeFile(home.join('.bakthat.yml'), JSON.stringify({ default: profile }), { mode: 0o600 })
    await mkdir(home.join('photos'))
    await writeFile(home.join('photos', 'raw'), randomBytes(40 << 20))
  })
  afterEach(async () => {
    await s3.stop()
    home.remove()
  })

  /** A backup that hangs in a request of that kind. */
  async function hangingIn(operation: string, key = /^photos/): Promise<ChildProcess> {
    s3.faults.add({ operation, key }, { stall: 'at once' })
    const child = spawn(process.execPath, [bin, 'backup', 'photos'], {
      cwd: home.path,
      env: { ...home.env },
      stdio: 'ignore',
    })
    while (s3.faults.outstanding.length > 0 && child.exitCode === null) await pause(5)
    s3.faults.assertAllHit()
    return child
  }

  async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
    child.kill(signal)
    const [status, killedBy] = (await once(child, 'exit')) as [number | null, string | null]
    return status ?? killedBy
  }

  async function json(...argv: readonly string[]): Promise<unknown> {
    const { status, stdout, stderr } = await home.spawn([...argv, '--json'])
    expect({ argv, status, stderr }).toMatchObject({ argv, status: 0 })
    return JSON.parse(stdout)
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s leaves nothing, and ends with exit status %d', async (signal, status) => {
    expect(await end(await hangingIn('UploadPart'), signal)).toBe(status)
    expect(s3.requests.filter(({ operation }) => operation === 'AbortMultipartUpload')).toHaveLength(1)
    expect(await json('show')).toEqual([])
    expect(await json('cleanup')).toEqual([])
    await json('backup', 'photos')
  })

  it('by SIGKILL leaves parts, which cleanup tells of and then removes', async () => {
    expect(await end(await hangingIn('UploadPart'), 'SIGKILL')).toBe('SIGKILL')
    expect(await json('show')).toEqual([])
    const found = (await json('cleanup', '--dry-run')) as { kind: string; outcome: string }[]
    expect(found.map(({ kind, outcome }) => `${kind} ${outcome}`)).toContain('pending found')
    expect(await json('cleanup')).not.toEqual([])
    expect(s3.requests.filter(({ operation }) => operation === 'AbortMultipartUpload')).toHaveLength(1)
    expect(await json('cleanup')).toEqual([])
  })

  it('by SIGKILL with its archive stored and no manifest is no backup, and the next one clears it away', async () => {
    expect(await end(await hangingIn('PutObject', /manifests/), 'SIGKILL')).toBe('SIGKILL')
    expect(await json('show')).toEqual([])
    const { stored_filename: next } = (await json('backup', 'photos')) as { stored_filename: string }
    const { problems } = (await json('sync')) as { problems: unknown }
    expect(problems).toEqual([])
    await json('restore', next, '--to', 'again')
    expect(
      (await readFile(home.join('again', 'photos', 'raw'))).equals(await readFile(home.join('photos', 'raw'))),
    ).toBe(true)
  })
})
