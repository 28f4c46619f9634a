import { execFile, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { run } from './support/fake-host.js'
import { backupOf } from './support/samples.js'

const program = join(import.meta.dirname, '../bin/bakthat.js')

/** A configuration of its own, and something to back up. */
async function machine(): Promise<{ directory: string; choose: string[] } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-cli-'))
  await mkdir(join(directory, 'photos'))
  await writeFile(join(directory, 'photos', 'a'), 'kept')
  const conf = { local_dir: 'store', database: 'catalog.sqlite' }
  await writeFile(join(directory, 'conf.yml'), JSON.stringify({ default: conf }), { mode: 0o600 })
  const choose = ['--config', join(directory, 'conf.yml')]
  return { directory, choose, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
}

const missing = ['tar', 'zstd', 'age'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined)

describe('what is printed for the day on which the machine is lost', () => {
  ;(missing.length === 0 ? it : it.skip)('gets the backups back on another, with Bakthat and without it', async () => {
    await using here = await machine()
    const { directory, choose } = here
    const key = join(directory, 'key.txt')
    await run(['keygen', key])
    const recipient = /age1\w+/.exec(await readFile(key, 'utf8'))![0]
    await run(['backup', join(directory, 'photos'), ...choose, '--recipient', recipient, '--compression', 'zstd'])
    const { status, stdout: sheet } = await run(['recovery', ...choose])
    expect(status).toBe(0)
    expect(sheet).toContain(recipient)
    expect(sheet).toContain(`the directory ${join(directory, 'store')}`)

    const other = join(directory, 'other')
    await mkdir(other)
    const given = `npm() { :; }; bakthat() { node --no-warnings ${program} "$@"; }; set -e\n${sheet}`
    await writeFile(join(other, 'key.txt'), await readFile(key))
    await promisify(execFile)('bash', ['-c', given], { cwd: other, env: { PATH: process.env.PATH, HOME: other } })
    for (const where of ['back', '.']) expect(await readFile(join(other, where, 'photos', 'a'), 'utf8')).toBe('kept')
  })

  it.each([
    ['a bucket', 'aws s3 cp s3://b/photos.tgz - | gzip -d', 'Where it is in cold storage, ask for it hours before:'],
    ['a vault', '{ aws glacier get-job-output --job-id JOB archive; }', 'in the place of JOB:'],
  ])('says when to ask for what may be cold, in %s', async (_place, restore, comment) => {
    const recovery = {
      host: 'web-1',
      profile: 'default',
      destination: { backend: 's3', container: 'aws/b/' },
      conf: { default_destination: 's3' },
      examples: [{ backup: backupOf(), encryption: undefined, thaw: 'aws please', restore }],
    }
    const { stdout } = await run(['recovery'], { library: { recovery: () => Promise.resolve(recovery) } })
    expect(stdout).toContain(`${comment}\naws please\n${restore}\n`)
  })

  it('says where there is nothing to get back yet', async () => {
    await using here = await machine()
    const { status, stdout } = await run(['recovery', ...here.choose])
    expect(status).toBe(0)
    expect(stdout).toContain('The catalog knows of none')
  })

  it('is data for programs', async () => {
    await using here = await machine()
    await run(['backup', join(here.directory, 'photos'), ...here.choose, '--prompt', 'no'])
    const store = join(here.directory, 'store')
    expect(JSON.parse((await run(['recovery', '--json', ...here.choose])).stdout)).toEqual({
      backend: 'local',
      container: store,
      host: expect.any(String),
      profile: 'default',
      conf: { default_destination: 'local', local_dir: store },
      list: `ls -l ${store}`,
      examples: [
        {
          stored_filename: expect.stringMatching(/^photos\.\d{14}\.tgz$/),
          recipients: [],
          restore: expect.stringMatching(/^cat .*\.tgz \| gzip -d \| tar -x -p -f -$/),
        },
      ],
    })
  })
})
