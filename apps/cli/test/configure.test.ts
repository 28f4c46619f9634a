import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startS3, testCredential, type S3Server } from '@bakthat/emulator/s3'
import { has, Home } from './support/bin.js'

const onTerminal = has('python3') ? it : it.skip

let home: Home
beforeEach(() => {
  home = new Home()
})
afterEach(() => home.remove())

const file = (): string => readFileSync(home.join('.bakthat.yml'), 'utf8')

/** What lies in the home beside what a test made, and the code that newer versions of Node keep compiled in its cache. */
const written = (): readonly string[] => readdirSync(home.path).filter((name) => name !== 'tmp' && name !== '.cache')

describe('configure without a terminal', () => {
  it('takes every answer as an option, and saves a profile that works', async () => {
    const argv = ['configure', '-p', 'nas', '--local-dir', 'nas', '--unencrypted', '--compression', 'gzip']
    const { status, stdout } = await home.run(argv)
    expect({ status, first: stdout.split('\n')[0] }).toEqual({
      status: 0,
      first: `saved the profile nas in ${home.join('.bakthat.yml')}`,
    })
    expect(file()).toBe(`nas:\n  compression: gzip\n  default_destination: local\n  local_dir: ${home.join('nas')}\n`)
    expect(statSync(home.join('.bakthat.yml')).mode & 0o777).toBe(0o600)
    writeFileSync(home.join('notes.txt'), 'kept')
    expect((await home.run(['backup', 'notes.txt', '-p', 'nas'])).status).toBe(0)
    expect(readdirSync(home.join('nas')).filter((name) => name.endsWith('.tgz'))).toHaveLength(1)
  })

  it('makes an identity that only its owner can read, and encrypts to it', async () => {
    const { status, stderr } = await home.run(['configure', '--local-dir', 'store', '--new-identity', 'key.txt'])
    expect({ status, mode: statSync(home.join('key.txt')).mode & 0o777 }).toEqual({ status: 0, mode: 0o600 })
    expect(stderr).toContain(`The identity is in ${home.join('key.txt')}. Move it, or a copy of it, away`)
    expect(file()).not.toContain('SECRET')
    writeFileSync(home.join('notes.txt'), 'kept')
    await home.run(['backup', 'notes.txt'])
    const restored = await home.run(['restore', 'notes.txt', '--to', 'again', '--identity', 'key.txt'])
    expect(restored.status).toBe(0)
  })

  it('changes what was given, and leaves the rest with its comments', async () => {
    writeFileSync(home.join('.bakthat.yml'), '# ours\ndefault:\n  s3_bucket: old # soon gone\n  tags: nightly\n')
    await home.run(['configure', '--bucket', 'new', '--password-command', 'pass show backups', '--offline'])
    expect(file()).toBe(
      '# ours\ndefault:\n  s3_bucket: new # soon gone\n  tags: nightly\n  default_destination: s3\n  password_command: pass show backups\n',
    )
  })

  it('gives one document, without any secret', async () => {
    writeFileSync(home.join('secret'), 'hunter2\n')
    const keys = ['--access-key', 'AKIDEXAMPLE', '--secret-key-file', 'secret']
    const { stdout, stderr } = await home.run(['configure', '--bucket', 'b', ...keys, '--offline', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ profile: 'default', is_new: true, destination: 's3', findings: [] })
    expect(stdout + stderr).not.toContain('hunter2')
    expect(file()).toContain('secret_key: hunter2')
  })

  it.each([
    [[], 'there is nobody to ask, and nothing was given'],
    [['--bucket', 'b', '--access-key', 'AKID'], 'an access key is an id and a secret, and one of them is missing'],
    [['--prompt', 'yes'], 'there is no terminal to ask on'],
    [['--local-dir', '', '--unencrypted'], '--local-dir is empty'],
    [['--bucket', 'b', '--endpoint', 'minio.example.org', '--unencrypted'], '--endpoint is no address of a server'],
    [['--local-dir', 'd', '--recipient', 'foo'], '--recipient: recipient 1 of 1 is not an age recipient'],
    [['--local-dir', 'd', '--recipient', 'age1xyz', '--offline'], '--recipient: recipient 1 of 1 is not an age recip'],
    [['--local-dir', 'd', '--recipient', 'age1xyz', '--new-identity', 'key'], '--recipient: recipient 1 of 1 is not'],
    [['--local-dir', 'd', '--password-file', 'nofile'], 'nofile does not exist'],
    [['--local-dir', 'd', '--password-file', '/dev/null'], 'the password file /dev/null is empty'],
    [['-d', 'floppy', '--offline'], 'default.default_destination must be local, s3 or glacier'],
  ])('%j is refused, and nothing is written', async (argv, message) => {
    const { status, stderr } = await home.run(['configure', ...argv])
    expect({ status, told: stderr.includes(message), left: written() }).toEqual({ status: 2, told: true, left: [] })
  })

  it('leaves a file with mistakes alone', async () => {
    writeFileSync(home.join('.bakthat.yml'), 'default:\n  bucket: b\n')
    expect((await home.run(['configure', '--bucket', 'b', '--offline'])).status).toBe(2)
    expect(file()).toBe('default:\n  bucket: b\n')
  })
})

describe('configure for a bucket', () => {
  let server: S3Server
  beforeEach(async () => {
    server = await startS3({ buckets: ['there'] })
    writeFileSync(home.join('secret'), testCredential.secretAccessKey)
  })
  afterEach(async () => {
    await server[Symbol.asyncDispose]()
  })

  const argv = (bucket: string): readonly string[] => [
    ...['configure', '--bucket', bucket, '--endpoint', server.endpoint, '--region', server.region, '--unencrypted'],
    ...['--access-key', testCredential.accessKeyId, '--secret-key-file', 'secret'],
  ]

  it('tries it, saves, and tells what is worth knowing of it', async () => {
    const { status, stdout, stderr } = await home.run(argv('there'))
    expect({ status, tried: /tried +it works\n/.test(stdout) }).toEqual({ status: 0, tried: true })
    expect(stderr).toContain('\nobject lock: off; whoever has the keys can delete backups: see object_lock\n')
    expect(server.requests.map(({ operation }) => operation)).toContain('HeadBucket')
  })

  it('saves nothing where there is none, unless it is to be made', async () => {
    const failed = await home.run([...argv('missing'), '--new-identity', 'key.txt'])
    expect(failed.status).toBe(1)
    expect(failed.stderr).toBe(
      'trying the destination…\n' +
        'error: the destination does not work: bucket: there is none of that name\n' +
        '  hint: make it with --create, or check s3_bucket; nothing was saved: --offline saves untried\n',
    )
    expect(written()).toEqual(['secret'])
    expect((await home.run([...argv('missing'), '--create'])).status).toBe(0)
    expect(server.requests.map(({ operation }) => operation)).toContain('CreateBucket')
    writeFileSync(home.join('notes.txt'), 'kept')
    expect((await home.run(['backup', 'notes.txt'])).status).toBe(0)
  })
})

describe('configure on a terminal', () => {
  const enter = '\r'
  const down = '\u001b[B'

  onTerminal.each([80, 40])('asks, tries and saves, in %i columns', async (columns) => {
    const { status, screen } = await home.onTerminal(
      ['configure'],
      [
        ['Where should backups go?', down + enter],
        ['Directory', enter],
        ['Encryption', enter],
        ['File for the new identity', enter],
        ['Compression', enter],
      ],
      { columns },
    )
    expect({ status, saved: screen.includes('saved the profile') }).toEqual({ status: 0, saved: true })
    expect(file()).toContain(`local_dir: ${home.join('backups')}\n  recipients: age1`)
    expect(existsSync(home.join('.bakthat-identity.txt'))).toBe(true)
  })

  onTerminal.each([
    ['the first question', [['Where should backups go?', '\u0003']] as const],
    [
      'the last question',
      [
        ['Where should backups go?', down + enter],
        ['Directory', enter],
        ['Encryption', enter],
        ['File for the new identity', enter],
        ['Compression', '\u0003'],
      ] as const,
    ],
  ])('Ctrl-C at %s leaves nothing behind', async (_, steps) => {
    const { status, screen } = await home.onTerminal(['configure'], steps)
    expect({ status, told: screen.includes('nothing was saved') }).toEqual({ status: 130, told: true })
    expect(written()).toEqual([])
  })

  onTerminal('a secret key is typed as standard input, and the questions go on', async () => {
    const given = ['--bucket', 'b', '--region', 'eu-west-1', '--access-key', 'A', '--secret-key-file', '/dev/stdin']
    const { status } = await home.onTerminal(
      ['configure', ...given, '--offline'],
      [
        ['Address of the server', enter],
        ['reading from the terminal', 'typed\n\u0004'],
        ['Encryption', enter],
        ['File for the new identity', enter],
        ['Compression', enter],
      ],
    )
    expect(status).toBe(0)
    expect(file()).toContain('secret_key: typed')
  })

  onTerminal('a secret key is not shown, and a bucket that does not answer is saved only if one insists', async () => {
    const steps = [
      ['Where should backups go?', enter],
      ['Bucket', `my-backups${enter}`],
      ['Address of the server', `http://127.0.0.1:1${enter}`],
      ['Credentials', down + enter],
      ['Access key id', `AKID${enter}`],
      ['Secret key', `hunter2${enter}`],
      ['Encryption', `${down.repeat(4)}${enter}`],
      ['Compression', enter],
      ['Make it?', `n`],
      ['Save all the same?', 'y'],
    ] as const
    const { status, screen } = await home.onTerminal(['configure'], steps)
    expect({ status, shown: screen.includes('hunter2') }).toEqual({ status: 0, shown: false })
    expect(file()).toContain('secret_key: hunter2')
  })
})

describe('configure-rotation', () => {
  it('saves the rules that were given instead of those that were there, and shows what they come to', async () => {
    writeFileSync(home.join('.bakthat.yml'), 'default:\n  rotation: { last: 3, time_zone: Europe/Paris } # ours\n')
    const { status, stdout } = await home.run(['configure_backups_rotation', '--days', '7', '--weeks', '6'])
    expect(status).toBe(0)
    expect(stdout).toContain('keeps 7 days and 6 weeks; weeks begin on Saturday, days in Europe/Paris\n')
    expect(stdout).toMatch(/\n\d{4}-\d\d {2}.*[DW]\nW week {2}D day {2}· removed\n/)
    expect(file()).toBe('default:\n  rotation: { time_zone: Europe/Paris, days: 7, weeks: 6 } # ours\n')
  })

  it('leaves how backups are made as it is where there was no profile', async () => {
    const kind = async (): Promise<unknown> => {
      const { stdout } = await home.run(['backup', home.join('.'), '--name', 'home', '--json'])
      const { backend, metadata } = JSON.parse(stdout) as { backend: string; metadata: { compression: string } }
      return [backend, metadata.compression]
    }
    const before = await kind()
    await home.run(['configure-rotation', '--days', '7'])
    expect(await kind()).toEqual(before)
  })

  it('says so where it makes the profile', async () => {
    writeFileSync(home.join('.bakthat.yml'), 'default:\n  rotation: { days: 7 }\n')
    expect((await home.run(['configure-rotation', '--days', '6'])).stderr).not.toContain('there was no profile')
    const { stderr } = await home.run(['configure-rotation', '-p', 'my web', '--days', '6'])
    expect(stderr).toContain('there was no profile my web: this is all that it says')
    expect(stderr).toContain("next: bakthat rotate NAME --dry-run -p 'my web'")
  })

  it('changes how periods are told apart, and leaves the rules', async () => {
    writeFileSync(home.join('.bakthat.yml'), 'default:\n  rotation: { days: 7 }\n')
    await home.run(['configure-rotation', '--first-week-day', 'monday'])
    expect(file()).toBe('default:\n  rotation: { days: 7, first_week_day: monday }\n')
  })

  it.each([[[]], [['--days', '0']], [['--days', '-1']], [['--days', '7', '--time-zone', 'Mars/Olympus']]])(
    'with %j saves nothing',
    async (argv) => {
      expect((await home.run(['configure-rotation', ...argv])).status).toBe(2)
      expect(written()).toEqual([])
    },
  )

  onTerminal.each([80, 40])(
    'asks on a terminal, and shows the calendar before it saves, in %i columns',
    async (columns) => {
      const steps = [
        ['many days', '\r'],
        ['many weeks', '\r'],
        ['many months', '\r'],
        ['many years', '\r'],
        ['Weeks begin on', '\r'],
        ['Save this?', '\r'],
      ] as const
      const { status, screen } = await home.onTerminal(['configure-rotation'], steps, { columns })
      expect({ status, legend: screen.includes('M month  W week  D day  · removed') }).toEqual({
        status: 0,
        legend: true,
      })
      expect(file()).toBe(
        'default:\n  rotation:\n    days: 7\n    weeks: 6\n    months: 6\n    first_week_day: 5\n  compression: zstd\n',
      )
    },
  )
})

describe('config show', () => {
  it('says what else should be known of the file', async () => {
    writeFileSync(home.join('.bakthat.yml'), 'default:\n  auth_url: https://swift.example.org\n')
    const { stderr } = await home.run(['config', 'show'])
    expect(stderr).toContain('auth_url has no effect')
    expect((await home.run(['config', 'show', '--quiet'])).stderr).toBe('')
  })

  it('tells what is in force and where it comes from, without secrets', async () => {
    const profile = 'default:\n  s3_bucket: b\n  secret_key: hunter2\n  access_key: hunter3\n  rotation: {days: 7}\n'
    writeFileSync(home.join('.bakthat.yml'), profile)
    const { status, stdout } = await home.run(['config', 'show'], { env: { BAKTHAT_PASSWORD: 'hunter4' } })
    const lines = stdout
      .replaceAll(home.path, '~')
      .split('\n')
      .map((line) => line.replaceAll(/ {2,}/g, '  '))
    expect({ status, leaks: stdout.includes('hunter') }).toEqual({ status: 0, leaks: false })
    expect(lines).toEqual(
      expect.arrayContaining([
        'database  ~/catalog.sqlite  BAKTHAT_DATABASE',
        'rotation.days  7  ~/.bakthat.yml:5 (default)',
        's3_bucket  b  ~/.bakthat.yml:2 (default)',
        'secret_key  ********  ~/.bakthat.yml:3 (default)',
        'password  ********  BAKTHAT_PASSWORD',
      ]),
    )
    expect(JSON.parse((await home.run(['config', 'show', '--json'])).stdout)).toContainEqual({
      key: 'default_destination',
      value: 's3',
      source: { kind: 'default' },
    })
  })
})

describe('config keys', () => {
  it('tells of every key what it takes and what it is for, without reading a configuration', async () => {
    writeFileSync(home.join('.bakthat.yml'), 'default: {s3_bukket: b}\n')
    const { status, stdout } = await home.run(['config', 'keys'])
    expect({ status, lines: stdout.split('\n') }).toEqual({
      status: 0,
      lines: expect.arrayContaining([
        'compression: zstd, gzip or none',
        '  how archives are compressed',
        'rotation.days: a whole number from 0',
      ]),
    })
    const { stderr } = await home.run(['config', 'show'])
    expect(stderr).toContain('bakthat config keys tells of every key')
  })

  it('picks by a part of their names or descriptions, and says when there are none', async () => {
    const { stdout } = await home.run(['config', 'keys', 'KMS', '--json'])
    expect(JSON.parse(stdout)).toEqual([
      { key: 'sse_kms_key_id', form: expect.any(String), description: 'KMS key for sse aws:kms' },
    ])
    const none = await home.run(['config', 'keys', 'telepathy'])
    expect(none).toMatchObject({ status: 4, stdout: '', stderr: expect.stringContaining('no key is like that') })
  })
})
