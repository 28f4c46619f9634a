import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bin, canMount, execute, has, Home } from './support/bin.js'

let home: Home
beforeEach(() => {
  home = new Home()
  mkdirSync(home.join('data', 'bakthat'), { recursive: true })
  mkdirSync(home.join('photos'))
  writeFileSync(home.join('photos', 'beach.txt'), 'sand\n')
  writeFileSync(home.join('photos', 'sea.txt'), 'water\n')
})
afterEach(() => home.remove())

interface BackupDocument {
  readonly stored_filename: string
  readonly size: number
}

/** Backs the photos up, and gives the document. */
async function backUp(...argv: readonly string[]): Promise<BackupDocument> {
  const { status, stdout, stderr } = await home.run(['backup', 'photos', '--json', ...argv])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout) as BackupDocument
}

const failureOf = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = await home.run([...argv, '--json'], { env })
  expect(stderr).toBe('')
  return { status, ...(JSON.parse(stdout) as { error: { code: string; message: string; hint: string } }) }
}

describe('the main job', () => {
  it('backs up, lists, verifies, restores and deletes', async () => {
    const done = await home.spawn(['backup', 'photos', '-t', 'family 2026'])
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(done.stdout).toMatch(
      /^stored photos\.\d{14}\.tar\.zst\n {2}size +\d+ B stored, from 11 B in 2 files\n {2}took [^]*destination {2}local \(.*\/data\/bakthat\)\n {2}encrypted {4}no\n$/,
    )
    const [name] = await home.storedNames()
    const listed = await home.spawn(['ls'])
    expect(listed.stdout).toMatch(new RegExp(`^Date.*\\n\\d{4}-.* local +\\d+ B {2}${name!} {2}family 2026\\n$`))
    expect(await home.spawn(['verify'])).toMatchObject({ status: 0, stdout: `whole     ${name!}: 2 files\n` })

    const restored = await home.spawn(['restore', 'photos', '--to', 'again'])
    expect(restored).toMatchObject({ status: 0, stderr: '' })
    expect(restored.stdout).toContain(
      `restored ${name!}\n  into  ${home.join('again')}: photos\n  size  11 B in 2 files\n`,
    )
    expect(readFileSync(home.join('again', 'photos', 'beach.txt'), 'utf8')).toBe('sand\n')

    expect(await home.spawn(['delete', 'photos', '--yes'])).toMatchObject({ status: 0, stderr: '' })
    expect({ listed: await home.storedNames(), left: home.leftovers() }).toEqual({ listed: [], left: [] })
  })

  it('gives JSON documents with the same backup in each', async () => {
    const { stored_filename: name, ...backup } = await backUp('-t', 'a,b')
    const common = { stored_filename: name, filename: 'photos', backend: 'local', tags: ['a', 'b'], size: backup.size }
    const json = async (...argv: readonly string[]): Promise<unknown> =>
      JSON.parse((await home.run([...argv, '--json'])).stdout) as unknown
    expect(await json('show', 'phot')).toMatchObject([common])
    expect(await json('verify', 'photos')).toMatchObject([{ ...common, outcome: 'contents', files: 2 }])
    expect(await json('restore', name, '--to', 'again')).toMatchObject({ ...common, files: 2, top_level: ['photos'] })
    expect(await json('delete', name, '--yes')).toMatchObject({ ...common, status: 'deleted', is_deleted: true })
    expect(await json('show')).toEqual([])
  })

  it('finds its backups again when the catalog is lost', async () => {
    const { stored_filename: name } = await backUp()
    rmSync(home.join('catalog.sqlite'))
    expect(await home.storedNames()).toEqual([])
    expect(await home.run(['sync'])).toMatchObject({
      status: 0,
      stdout: `added    ${name}\n1 added, 0 changed, 0 removed\n`,
    })
    expect(await home.storedNames()).toEqual([name])
  })

  it('restores the archives of others from a file', async () => {
    spawnSync('tar', ['-czf', 'gnu.tgz', 'photos'], { cwd: home.path })
    expect(await home.run(['restore', '--file', 'gnu.tgz', '--to', 'again', '--quiet'])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
    expect(readFileSync(home.join('again', 'photos', 'sea.txt'), 'utf8')).toBe('water\n')
    expect(existsSync(home.join('catalog.sqlite'))).toBe(false)
  })

  it('takes options: name, compression, level, exclusions', async () => {
    const named = await backUp('--name', 'pictures', '--compression', 'gzip', '--level', '9', '--exclude', 'sea.*')
    expect(named.stored_filename).toMatch(/^pictures\.\d{14}\.tgz$/)
    expect(named).toMatchObject({ files: 1 })
    const levelOnly = await backUp('--level', '19')
    expect(levelOnly.stored_filename).toMatch(/^photos\.\d{14}\.tar\.zst$/)
    expect((await backUp('--compression', 'none')).stored_filename).toMatch(/^photos\.\d{14}\.tar$/)
  })

  it('replaces what is in the way only when asked', async () => {
    await backUp()
    appendFileSync(home.join('photos', 'beach.txt'), 'more\n')
    expect(await failureOf(['restore', 'photos'])).toMatchObject({ status: 1, error: { code: 'ALREADY_EXISTS' } })
    expect(await home.run(['restore', 'photos', '--overwrite', '-q'])).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(readFileSync(home.join('photos', 'beach.txt'), 'utf8')).toBe('sand\n')
  })
})

describe('keys', () => {
  it('of keygen encrypt and decrypt', async () => {
    const { stdout } = await home.run(['keygen', 'key.txt'])
    expect(stdout).toMatch(/^age1[a-z0-9]{58}\n$/)
    expect(statSync(home.join('key.txt')).mode & 0o777).toBe(0o600)
    const { stored_filename: name } = await backUp('--recipient', stdout.trim())
    expect(name).toMatch(/\.tar\.zst\.age$/)
    expect(await failureOf(['restore', 'photos', '--to', 'again'])).toMatchObject({
      status: 5,
      error: { code: 'WRONG_KEY' },
    })
    expect(existsSync(home.join('again'))).toBe(false)
    expect(await home.run(['restore', name, '--to', 'again', '--identity', 'key.txt'])).toMatchObject({ status: 0 })
    expect(await home.run(['verify'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^unopened/),
    })
    expect(await home.run(['verify', '--identity', 'key.txt'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^whole/),
    })
    await home.run(['keygen', 'other.txt'])
    expect(await home.run(['verify', '--identity', 'other.txt'])).toMatchObject({ status: 5 })
  })

  it('are made by default in the home directory, and never overwritten', async () => {
    const file = home.join('.bakthat-identity.txt')
    expect(await home.run(['keygen', '--json'])).toMatchObject({ status: 0, stderr: '' })
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^# created: .*\n# public key: age1.*\nAGE-SECRET-KEY-1.*\n$/)
    expect(await failureOf(['keygen'])).toMatchObject({ status: 1, error: { code: 'ALREADY_EXISTS' } })
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect((await home.run(['keygen', '-'])).stdout).toMatch(/\nAGE-SECRET-KEY-1/)
    expect(await failureOf(['keygen', 'no/such/place'])).toMatchObject({
      status: 2,
      error: { message: 'no/such does not exist' },
    })
  })

  it('are passwords too, which are never shown', async () => {
    writeFileSync(home.join('password'), 'hunter2 ü\n')
    const done = await home.run(['backup', 'photos', '--password-file', 'password'])
    expect(done.stdout).toMatch(/photos\.\d{14}\.tar\.zst\.age\n[^]*encrypted {4}with a password\n/)
    const restore = (to: string, password: string) =>
      home.run(['restore', 'photos', '--to', to], { env: { BAKTHAT_PASSWORD: password } })
    const restored = await restore('again', 'hunter2 ü')
    expect(restored).toMatchObject({ status: 0 })
    const failed = await restore('third', 'hunter3')
    expect(failed).toMatchObject({ status: 5 })
    const files = home.leftovers().map((file) => readFileSync(file, 'latin1'))
    const said = [done, restored, failed].map(({ stdout, stderr }) => stdout + stderr)
    const catalog = ['', '-wal'].map((suffix) => home.join(`catalog.sqlite${suffix}`)).filter(existsSync)
    const everything = [...files, ...said, ...catalog.map((file) => readFileSync(file, 'latin1'))].join('')
    expect(everything).not.toMatch(/hunter[23]/)
  })

  it('of password_command are not in the list of processes', async () => {
    const script = 'tr "\\0" " " < /proc/$PPID/cmdline > seen; echo hunter2'
    writeFileSync(home.join('.bakthat.yml'), `default:\n  password_command: ${JSON.stringify(script)}\n`)
    await home.spawn(['backup', 'photos', '--json'])
    expect(readFileSync(home.join('seen'), 'utf8')).toMatch(/bakthat\.js backup photos --json $/)
  })
})

describe('bad input', () => {
  it('a missing path', async () => {
    expect(await failureOf(['backup', 'nothing-here'])).toMatchObject({ status: 2, error: { code: 'INVALID_INPUT' } })
    expect(home.leftovers()).toEqual([])
  })

  it('a configuration that is missing, or has mistakes: all of them are told', async () => {
    expect(await failureOf(['show', '-c', 'nothing.yml'])).toMatchObject({
      status: 2,
      error: { code: 'INVALID_INPUT' },
    })
    writeFileSync(home.join('bad.yml'), 'default:\n  compresion: zstd\n  s3_bukcet: mine\n')
    const { status, error } = await failureOf(['backup', 'photos', '-c', 'bad.yml'])
    expect({ status, code: error.code }).toEqual({ status: 2, code: 'INVALID_CONFIG' })
    for (const word of ['bad.yml', 'compresion', 'compression', 's3_bukcet', 's3_bucket'])
      expect(error.message + error.hint).toContain(word)
  })

  it('an unknown profile', async () => {
    writeFileSync(home.join('.bakthat.yml'), 'default: {}\nwork: {}\n')
    const { status, error } = await failureOf(['show', '-p', 'wrok'])
    expect({ status, code: error.code }).toEqual({ status: 2, code: 'INVALID_INPUT' })
    expect(error.message + error.hint).toMatch(/wrok[^]*work/)
  })

  it.each([['backup', 'photos'], ['show'], ['restore', 'x'], ['delete', 'x', '--yes'], ['verify']])(
    'an unknown destination: %s',
    async (...argv) => {
      const { status, error } = await failureOf([...argv, '-d', 'lokal'])
      expect({ status, code: error.code }).toEqual({ status: 2, code: 'INVALID_INPUT' })
      expect(error.message + error.hint).toMatch(/lokal[^]*local/)
    },
  )

  it.each([['restore'], ['delete', '--yes'], ['verify']])(
    'a name that matches nothing: %s',
    async (command, ...argv) => {
      await backUp()
      for (const name of ['phot', 'photos.2', '*', ''])
        expect(await failureOf([command, name, ...argv])).toMatchObject({
          status: name === '' ? 2 : 4,
        })
      expect(await home.storedNames()).toHaveLength(1)
    },
  )

  it('a damaged backup: verify finds it, restore leaves nothing', async () => {
    const { stored_filename: name } = await backUp()
    const file = home.join('data', 'bakthat', name)
    chmodSync(file, 0o600)
    truncateSync(file, statSync(file).size - 1)
    const verified = await home.run(['verify'])
    expect(verified).toMatchObject({ status: 1, stdout: `DAMAGED   ${name}\n` })
    expect(verified.stderr).toContain(`error: ${name} is damaged: `)
    expect(await failureOf(['restore', name, '--to', 'again'])).toMatchObject({
      status: 1,
      error: { code: 'INTEGRITY' },
    })
    expect(existsSync(home.join('again'))).toBe(false)
  })

  /** What makes root an ordinary user, to whom permissions apply. */
  const ordinary = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : []
  ;(has(ordinary[0] ?? 'env') ? it : it.skip)(
    'a file that cannot be read is told, the rest is stored: exit status 3',
    async () => {
      writeFileSync(home.join('photos', 'secret'), 'x', { mode: 0 })
      const command = [...ordinary, process.execPath, bin, 'backup', 'photos', '--json']
      const { status, stdout } = await execute('env', command, { cwd: home.path, env: home.env })
      expect(status).toBe(3)
      expect(JSON.parse(stdout)).toMatchObject({
        files: 2,
        warnings: [{ code: 'unreadable', path: 'photos/secret', incomplete: true }],
      })
    },
  )
  ;(canMount ? it : it.skip)('a full disk leaves nothing half-written', async () => {
    mkdirSync(home.join('small'))
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', home.join('small')])
    try {
      writeFileSync(home.join('.bakthat.yml'), `default:\n  local_dir: ${home.join('small')}\n`)
      writeFileSync(home.join('photos', 'noise'), randomBytes(4 << 20))
      expect(await failureOf(['backup', 'photos'])).toMatchObject({ status: 1, error: { code: 'NO_SPACE' } })
      const left = readdirSync(home.join('small'), { recursive: true, withFileTypes: true })
      expect(left.filter((entry) => !entry.isDirectory())).toEqual([])
      expect(await home.storedNames()).toEqual([])
    } finally {
      spawnSync('umount', [home.join('small')])
    }
  })
  ;(canMount ? it : it.skip)('a read-only destination', async () => {
    mkdirSync(home.join('fixed'))
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', home.join('fixed')])
    try {
      writeFileSync(home.join('.bakthat.yml'), `default:\n  local_dir: ${home.join('fixed')}\n`)
      const { status, error } = await failureOf(['backup', 'photos'])
      expect({ status, code: error.code }).toEqual({ status: 1, code: 'PERMISSION_DENIED' })
      expect(await home.storedNames()).toEqual([])
    } finally {
      spawnSync('umount', [home.join('fixed')])
    }
  })

  it('a destination inside the source is left out of it, and says so', async () => {
    writeFileSync(home.join('.bakthat.yml'), `default:\n  local_dir: ${home.join('photos', 'backups')}\n`)
    await home.run(['backup', 'photos', '-q'])
    const { status, stderr } = await home.run(['backup', 'photos'])
    expect(status).toBe(0)
    expect(stderr).toContain(home.join('photos', 'backups'))
    await home.run(['restore', 'photos', '--to', 'again'])
    expect(readdirSync(home.join('again', 'photos')).sort()).toEqual(['beach.txt', 'sea.txt'])
  })
})

describe('output', () => {
  it.each(['show', 'contents photos'])(
    'of %s that nobody reads to its end is dropped without a word',
    async (command) => {
      await backUp()
      const line = `exec 3> >(:); wait $!; "$0" "$1" ${command} >&3`
      const run = await execute('bash', ['-c', line, process.execPath, bin], { cwd: home.path, env: home.env })
      expect(run).toEqual({ status: 0, stdout: '', stderr: '' })
    },
  )

  it('that cannot be written is a failure', async () => {
    await backUp()
    const line = '"$0" "$1" show > /dev/full'
    const run = await execute('bash', ['-c', line, process.execPath, bin], { cwd: home.path, env: home.env })
    expect(run).toMatchObject({
      status: 1,
      stderr: 'error: no space left for the output\n  hint: write it elsewhere\n',
    })
  })
})
