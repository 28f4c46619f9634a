import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { profilePassword } from '@bakthat/config'
import { Place } from './place.js'

const secrets = 'default: {}\nwork: {access_key: KEY, secret_key: SECRET}\n'

async function noticesOf(text: string, mode: number, name = 'my config.yml'): Promise<readonly string[]> {
  using place = new Place()
  const file = place.write(text, name)
  chmodSync(file, mode)
  return (await place.load({ file })).notices.map((notice) => notice.replaceAll(place.home, '/home/me'))
}

describe('a file with secrets', () => {
  it('that everybody can read gives a notice, and what mends it', async () => {
    expect(await noticesOf(secrets, 0o644, '.bakthat.yml')).toEqual([
      'every user of this machine can read /home/me/.bakthat.yml, which holds secrets: chmod 600 /home/me/.bakthat.yml',
    ])
    expect(await noticesOf(secrets, 0o604, "it's.yml")).toEqual([
      "every user of this machine can read /home/me/it's.yml, which holds secrets: chmod 600 '/home/me/it'\\''s.yml'",
    ])
  })

  it.each([0o600, 0o400, 0o640, 0o660])('of mode %# gives none', async (mode) => {
    expect(await noticesOf(secrets, mode)).toEqual([])
  })

  it('of a plugin gives one too', async () => {
    expect(await noticesOf('default: {plugins: [a.B], smtp_password: x}\n', 0o644)).toHaveLength(1)
  })
})

it('a file with the secrets of a plugin is a file with secrets', async () => {
  const profile = 'plugins: [npm:notify], notify: {slack: [{url: https://example.org/SECRET}]}'
  expect(await noticesOf(`default: {${profile}}\n`, 0o644)).toHaveLength(1)
})

const whereProc = process.platform === 'linux' ? it : it.skip

/** No file of a disk, but it fails as one does of a disk that is broken. */
const broken = '/proc/self/mem'

describe('a file whose disk fails', () => {
  whereProc('is UNAVAILABLE as the configuration', async () => {
    using place = new Place()
    await expect(place.load({ file: broken })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`the configuration ${broken} cannot be read`),
      hint: 'check the disk and its cables',
    })
  })

  whereProc('is UNAVAILABLE, and no mistake of the profile, as the password file', async () => {
    await expect(profilePassword({ passwordFile: broken, passwordCommand: undefined })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})

describe('a password that is not UTF-8', () => {
  const refused = { code: 'INVALID_INPUT', message: expect.stringContaining('is not UTF-8 text') }

  it('is refused, for another one would do as well', async () => {
    using place = new Place()
    const file = place.write(Buffer.from('p\xe4ss', 'latin1'), 'password')
    await expect(profilePassword({ passwordFile: file, passwordCommand: undefined })).rejects.toMatchObject(refused)
    const passwordCommand = ['cat', file]
    await expect(profilePassword({ passwordFile: undefined, passwordCommand })).rejects.toMatchObject(refused)
    place.write('p\u00e4ss\n', 'password')
    expect(await profilePassword({ passwordFile: file, passwordCommand: undefined })).toBe('p\u00e4ss')
    expect(await profilePassword({ passwordFile: undefined, passwordCommand })).toBe('p\u00e4ss')
  })
})

describe('a file without secrets', () => {
  it('may be read by everybody', async () => {
    expect(await noticesOf('default: {s3_bucket: b, password_file: /p}\n', 0o644)).toEqual([])
  })

  it('that everybody can change gives a notice', async () => {
    expect(await noticesOf('default: {}\n', 0o666)).toEqual([
      "every user of this machine can change /home/me/my config.yml, and with it the commands that it runs: chmod 600 '/home/me/my config.yml'",
    ])
  })
})

/** Loads a file as an ordinary user, whoever runs the tests, and prints what is told. */
const program = `
  const { loadSettings } = await import('@bakthat/config')
  if (process.getuid() === 0) process.seteuid(65534)
  const error = await loadSettings({ file: process.argv[1] }).catch((reason) => reason)
  console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint, cause: error.cause?.code }))`

it('a file that may not be read is PERMISSION_DENIED', () => {
  using place = new Place()
  const file = place.write(secrets)
  chmodSync(place.home, 0o755)
  chmodSync(file, 0o000)
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', program, file], { encoding: 'utf8' })
  expect(JSON.parse(told)).toEqual({
    code: 'PERMISSION_DENIED',
    message: `the configuration ${file} cannot be read`,
    hint: 'make it readable to the user who runs this, and to nobody else',
    cause: 'EACCES',
  })
})

it('a file is read from a pipe as well', () => {
  const script = `
    const { loadSettings } = await import('@bakthat/config')
    console.log((await loadSettings({ file: '/dev/stdin' })).tags.join())`
  const command = 'echo "default: {tags: a b}" | "$0" --input-type=module -e "$1"'
  expect(execFileSync('sh', ['-c', command, process.execPath, script], { encoding: 'utf8' })).toBe('a,b\n')
})

it('without a file the YAML library is not loaded', () => {
  using place = new Place()
  const script = `
    import { register } from 'node:module'
    import { MessageChannel } from 'node:worker_threads'
    const { port1, port2 } = new MessageChannel()
    const names = []
    port1.on('message', (name) => names.push(name))
    const hooks = 'let port; export const initialize = (data) => { port = data }; ' +
      'export const resolve = (name, context, next) => { port.postMessage(name); return next(name, context) }'
    register('data:text/javascript,' + encodeURIComponent(hooks), { data: port2, transferList: [port2] })
    const { loadSettings } = await import('@bakthat/config')
    await loadSettings({ conf: { s3_bucket: 'b' } })
    await loadSettings()
    await new Promise(setImmediate)
    console.log(JSON.stringify(names))
    port1.close()`
  const env = { PATH: process.env['PATH'], HOME: place.home }
  const names = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }),
  ) as readonly string[]
  expect(names).toContain('@bakthat/config')
  expect(names.filter((name) => name.includes('yaml'))).toEqual([])
})

describe('a password that a command gives', () => {
  it('is waited for until the signal comes, and no longer', async () => {
    const stop = new AbortController()
    const asked = profilePassword({ passwordFile: undefined, passwordCommand: ['sleep', '60'] }, stop.signal)
    stop.abort()
    await expect(asked).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})
