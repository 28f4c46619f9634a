import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadSettings, type Conf } from '@bakthat/config'
import { failure, load, Place } from './place.js'

const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'

describe('without any configuration', () => {
  it('backups go to the local data directory, compressed by zstd', async () => {
    using place = new Place()
    expect(await place.load()).toEqual({
      profile: 'default',
      file: undefined,
      defaultDestination: 'local',
      database: place.in('.bakthat.sqlite'),
      localDir: place.in('.local/share/bakthat'),
      compression: { format: 'zstd' },
      recipients: [],
      recipientsFile: undefined,
      identityFiles: [],
      passwordFile: undefined,
      passwordCommand: undefined,
      exclude: [],
      tags: [],
      conf: {},
      notices: [],
    })
  })

  it('the data directory is where XDG_DATA_HOME says, unless that is relative or empty', async () => {
    using place = new Place()
    const localDir = async (value: string): Promise<string> =>
      (await place.load({ env: { XDG_DATA_HOME: value } })).localDir
    expect(await localDir('/data')).toBe('/data/bakthat')
    expect(await localDir('data')).toBe(place.in('.local/share/bakthat'))
    expect(await localDir('')).toBe(place.in('.local/share/bakthat'))
  })

  it('the environment is the process\u2019s unless another is given', async () => {
    const { database } = await loadSettings({ conf: {} })
    expect(database).toBe(process.env['BAKTHAT_DATABASE'] ?? join(process.env['HOME'] ?? '', '.bakthat.sqlite'))
  })
})

describe('the file', () => {
  it('is ~/.bakthat.yml by default', async () => {
    using place = new Place()
    const file = place.write('default: {tags: home}\n')
    expect(await place.load()).toMatchObject({ file, tags: ['home'] })
  })

  it('is the one of BAKTHAT_CONFIG instead, and the one asked for instead of that', async () => {
    using place = new Place()
    place.write('default: {tags: home}\n')
    place.write('default: {tags: environment}\n', 'environment.yml')
    const asked = place.write('default: {tags: asked}\n', 'asked.yml')
    const env = { BAKTHAT_CONFIG: place.in('environment.yml') }
    expect((await place.load({ env })).tags).toEqual(['environment'])
    expect((await place.load({ env, file: asked })).tags).toEqual(['asked'])
    expect((await place.load({ env: { BAKTHAT_CONFIG: '' } })).tags).toEqual(['home'])
  })

  it('can be named with ~', async () => {
    using place = new Place()
    place.write('default: {tags: asked}\n', 'asked.yml')
    expect((await place.load({ file: '~/asked.yml' })).file).toBe(place.in('asked.yml'))
  })

  it('that was asked for and is not there is INVALID_INPUT', async () => {
    using place = new Place()
    const file = place.in('missing.yml')
    expect(await failure(place.load({ file }))).toMatchObject({
      code: 'INVALID_INPUT',
      message: `there is no configuration file ${file}`,
      hint: 'check the path',
    })
    expect(await failure(place.load({ env: { BAKTHAT_CONFIG: file } }))).toMatchObject({
      code: 'INVALID_INPUT',
      hint: 'mend or unset BAKTHAT_CONFIG, which names it',
    })
  })

  it('may not be missing when a profile was asked for', async () => {
    using place = new Place()
    expect(await failure(place.load({ profile: 'work' }))).toMatchObject({
      code: 'INVALID_INPUT',
      message: `there is no profile "work": ${place.in('.bakthat.yml')} does not exist`,
    })
  })

  it('cannot be given together with a conf object', async () => {
    expect(await failure(loadSettings({ conf: {}, file: 'x.yml' }))).toMatchObject({ code: 'INVALID_INPUT' })
  })

  it.each(['', 'a\0b'])('named %j is INVALID_INPUT', async (file) => {
    expect(await failure(loadSettings({ file }))).toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe('the profile', () => {
  const file = 'default: {tags: one}\nwork: {tags: two}\nold work: {}\n'

  it('is the default one, or the one asked for', async () => {
    expect(await load(file)).toMatchObject({ profile: 'default', tags: ['one'] })
    expect(await load(file, { profile: 'work' })).toMatchObject({ profile: 'work', tags: ['two'] })
  })

  it('that is not there is INVALID_INPUT, with those that are, and the likely one', async () => {
    using place = new Place()
    const path = place.write(file)
    expect(await failure(place.load({ profile: 'wrok' }))).toMatchObject({
      code: 'INVALID_INPUT',
      message: `${path} has no profile "wrok"; it has default, work, "old work"`,
      hint: 'did you mean work?',
    })
  })

  it('named default may be missing from a file only if another is asked for', async () => {
    const text = 'work: {}\n'
    expect((await load(text, { profile: 'work' })).profile).toBe('work')
    expect(await failure(load(text))).toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('may be empty, as a map', async () => {
    expect(await load('default: {}\n')).toMatchObject({ defaultDestination: 'local', conf: {} })
  })

  it('may take keys of another by an anchor and a merge key', async () => {
    const text = `
default: &base
  access_key: KEY
  s3_bucket: first
  rotation: &keep {days: 7}
archive:
  <<: *base
  s3_bucket: second
  rotation: {<<: [*keep], weeks: 4}
`
    expect((await load(text, { profile: 'archive' })).conf).toEqual({
      access_key: 'KEY',
      s3_bucket: 'second',
      rotation: { days: 7, weeks: 4 },
    })
  })
})

describe('the destination', () => {
  it.each<[Conf, string]>([
    [{}, 'local'],
    [{ s3_bucket: 'b' }, 's3'],
    [{ glacier_vault: 'v' }, 'glacier'],
    [{ s3_bucket: 'b', glacier_vault: 'v' }, 's3'],
    [{ s3_bucket: '', glacier_vault: 'v' }, 'glacier'],
    [{ s3_bucket: 'b', default_destination: 'glacier' }, 'glacier'],
    [{ default_destination: 'tape', plugins: ['tape.Plugin'] }, 'tape'],
  ])('of %j is %s', async (conf, destination) => {
    using place = new Place()
    expect((await place.load({ conf })).defaultDestination).toBe(destination)
  })
})

describe('the compression', () => {
  it.each<[Conf, object]>([
    [{}, { format: 'gzip' }],
    [{ compress: true }, { format: 'gzip' }],
    [{ compress: false }, { format: 'none' }],
    [{ compression: 'zstd' }, { format: 'zstd' }],
    [
      { compression: 'zstd', compress: true, compression_level: 19 },
      { format: 'zstd', level: 19 },
    ],
    [{ compression_level: 9 }, { format: 'gzip', level: 9 }],
  ])('of %j is %j, in a file as in an object', async (conf, compression) => {
    using place = new Place()
    expect((await place.load({ conf })).compression).toEqual(compression)
    expect((await load(`default: ${JSON.stringify(conf)}\n`)).compression).toEqual(compression)
  })
})

describe('the catalog', () => {
  it('is where the environment says rather than where the profile does', async () => {
    using place = new Place()
    place.write('default: {database: from-file.sqlite}\n')
    expect((await place.load()).database).toBe(place.in('from-file.sqlite'))
    const env = { BAKTHAT_DATABASE: '~/from-environment.sqlite' }
    expect((await place.load({ env })).database).toBe(place.in('from-environment.sqlite'))
    expect((await place.load({ env: { BAKTHAT_DATABASE: '' } })).database).toBe(place.in('from-file.sqlite'))
  })

  it('is where a conf object says rather than where the environment does', async () => {
    using place = new Place()
    const env = { BAKTHAT_DATABASE: '/environment.sqlite' }
    expect((await place.load({ env, conf: { database: '/conf.sqlite' } })).database).toBe('/conf.sqlite')
    expect((await place.load({ env, conf: {} })).database).toBe('/environment.sqlite')
  })
})

describe('paths', () => {
  it('start at the directory of the file, and at the current directory in an object', async () => {
    using place = new Place()
    place.write('default: {local_dir: ../backups, password_file: ./secret, identity: [a.key, /b.key]}\n')
    expect(await place.load()).toMatchObject({
      localDir: place.in('../backups'),
      passwordFile: place.in('secret'),
      identityFiles: [place.in('a.key'), '/b.key'],
      conf: { local_dir: place.in('../backups'), identity: [place.in('a.key'), '/b.key'] },
    })
    expect((await place.load({ conf: { local_dir: 'backups' } })).localDir).toBe(join(process.cwd(), 'backups'))
  })

  it('may begin with ~', async () => {
    using place = new Place()
    const conf = { local_dir: '~/backups/', recipients_file: '~', plugins_dir: '~//plugins', identity: '~/id' }
    expect(await place.load({ conf })).toMatchObject({
      localDir: place.in('backups'),
      recipientsFile: place.home,
      identityFiles: [place.in('id')],
      conf: { plugins_dir: place.in('plugins') },
    })
  })
})

describe('lists', () => {
  it('may be written as text', async () => {
    const text = `
default:
  tags: ' nightly  db '
  recipients: ${recipient}
  exclude: |
    *.tmp
    cache dir/
  plugins: a.B
  identity: a b.key
`
    const settings = await load(text)
    expect(settings).toMatchObject({
      tags: ['nightly', 'db'],
      recipients: [recipient],
      exclude: ['*.tmp', 'cache dir/'],
      conf: { plugins: ['a.B'] },
    })
    expect(settings.identityFiles.map((path) => path.split('/').at(-1))).toEqual(['a b.key'])
  })

  it('may be lists, and hold what looks like numbers', async () => {
    const text = `default: {tags: [2026, 'a b'], exclude: ['*.tmp', 'b c'], recipients: [${recipient}]}`
    expect(await load(text)).toMatchObject({
      tags: ['2026', 'a', 'b'],
      exclude: ['*.tmp', 'b c'],
      recipients: [recipient],
    })
  })

  it('a command is for the shell as text, and as words run without one', async () => {
    const command = async (text: string): Promise<unknown> =>
      (await load(`default:\n  password_command: ${text}\n`)).passwordCommand
    expect(await command('pass show backup | head -n 1')).toEqual(['sh', '-c', 'pass show backup | head -n 1'])
    expect(await command('[pass, show, backup key]')).toEqual(['pass', 'show', 'backup key'])
    expect(await command('|\n    pass show \\\n      backup\n')).toEqual(['sh', '-c', 'pass show \\\n  backup'])
  })
})

describe('conf', () => {
  it('has numbers, switches and choices in one form', async () => {
    const text = `
default:
  bandwidth_limit: 1.5 MiB/s
  path_style: Yes
  sse: aes256
  object_lock: {mode: GOVERNANCE, days: '30'}
  rotation: {first_week_day: Sunday, within: 3M2D8h, time_zone: Europe/Paris, policy: GrandfatherSon, last: 3}
`
    expect((await load(text)).conf).toEqual({
      bandwidth_limit: 1_572_864,
      path_style: true,
      sse: 'AES256',
      object_lock: { mode: 'governance', days: 30 },
      rotation: { first_week_day: 6, within: '3M2D8h', time_zone: 'Europe/Paris', policy: 'grandfatherson', last: 3 },
    })
  })

  it.each([
    ['10M', 10_000_000],
    ['10 MB/s', 10_000_000],
    ['0.5g', 500_000_000],
    ['300K', 300_000],
    ['10MiB', 10 * 1024 ** 2],
    ['1KiB/s', 1024],
  ])('has %s in a second in powers of 1,000, or of 1,024 where that is said', async (bandwidth, bytes) => {
    const { conf } = await load(`default:\n  bandwidth_limit: ${bandwidth}\n`)
    expect(conf.bandwidth_limit).toBe(bytes)
  })

  it('has intervals as they are written, zeros before a number among it', async () => {
    expect((await load('default: {rotation: {within: 030D}}\n')).conf).toEqual({ rotation: { within: '030D' } })
  })

  it('has everything that S3 and vaults are set up with', async () => {
    const conf = {
      access_key: 'AKIDEXAMPLE',
      secret_key: 'secret',
      session_token: 'token',
      aws_profile: 'backup user',
      region_name: 'eu-west-3',
      s3_bucket: 'bucket',
      s3_prefix: 'hosts/a/',
      s3_reduced_redundancy: false,
      storage_class: 'DEEP_ARCHIVE',
      endpoint: 'http://127.0.0.1:9000',
      path_style: true,
      provider: 'minio',
      sse: 'aws:kms',
      sse_kms_key_id: 'alias/backup',
      object_lock: { mode: 'compliance', days: 365 },
      bandwidth_limit: 1_000_000,
      glacier_vault: 'vault',
    } as const
    using place = new Place()
    expect((await place.load({ conf })).conf).toEqual(conf)
    expect((await load(`default: ${JSON.stringify(conf)}\n`)).conf).toEqual(conf)
  })

  it('takes storage classes of other servers as they are', async () => {
    const conf = { storage_class: 'Cold-Tier', endpoint: 'https://ceph.example' }
    expect((await loadSettings({ conf })).conf).toEqual(conf)
  })

  it('leaves out what has no value', async () => {
    const conf = { s3_bucket: 'b', glacier_vault: '', region_name: undefined, recipients: undefined, s3_prefix: null }
    expect((await loadSettings({ conf: conf as unknown as Conf })).conf).toEqual({ s3_bucket: 'b' })
  })

  it('keeps what may belong to a plugin, as it was written', async () => {
    const text = `
default:
  plugins: [notify.Notify]
  notify_url: https://example.org/hook
  notify: {on: [failure, success], retries: 3, quiet: false, nothing: ~}
`
    const { conf } = await load(text)
    expect(conf).toEqual({
      plugins: ['notify.Notify'],
      notify_url: 'https://example.org/hook',
      notify: { on: ['failure', 'success'], retries: 3, quiet: false, nothing: null },
    })
    expect((await loadSettings({ conf })).conf).toEqual(conf)
  })

  it('is not changed by a key named __proto__', async () => {
    const text = 'default: {plugins: [a.B], __proto__: {polluted: true}}\n'
    const { conf } = await load(text)
    expect(Object.getPrototypeOf(conf)).toBe(Object.prototype)
    expect(Object.hasOwn({}, 'polluted')).toBe(false)
  })
})
