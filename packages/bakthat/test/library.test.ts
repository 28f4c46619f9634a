import { access, chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, ls, open, remove, restore, restoreFile, show, sync, verify } from 'bakthat'
import { generateIdentity } from '@bakthat/crypto'
import { place } from './place.js'

describe('the functions of the guide', () => {
  it('back up, list, restore and remove with a configuration object', async () => {
    await using here = await place()
    const { conf, directory } = here
    const made = await backup(here.tree, { conf, tags: ['t'] })
    expect(made.storedFilename).toMatch(/^bak\.\d{14}\.tgz$/)
    expect((await ls({ conf })).map(({ filename, tags }) => [filename, tags])).toEqual([['bak', ['t']]])
    await restore('bak', { conf, to: join(directory, 'to') })
    expect(await readFile(join(directory, 'to', 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
    expect(await verify('bak', { conf })).toMatchObject([{ outcome: 'contents' }])
    await remove('bak', { conf })
    expect(await show({ conf })).toEqual([])
  })

  it('restore an archive file without any catalog', async () => {
    await using here = await place()
    const { storedFilename } = await backup(here.tree, { conf: here.conf })
    const lonely = { local_dir: join(here.directory, 'none'), database: join(here.directory, 'none.sqlite') }
    const to = join(here.directory, 'to')
    await restoreFile(join(here.directory, 'store', storedFilename), { conf: lonely, to })
    expect(await readFile(join(to, 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
    await expect(access(lonely.database)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('what a caller in JavaScript may give', () => {
  it.each([
    ['tags', 'mysql'],
    ['exclude', '*.tmp'],
    ['recipients', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p'],
  ])('%s that are a text are not taken for a list of its letters', async (key, text) => {
    await using here = await place()
    const options = { conf: here.conf, [key]: text }
    await expect(backup(here.tree, options)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: `${key} is not a list`,
    })
    expect(await ls({ conf: here.conf })).toEqual([])
  })

  it.each([
    ['tags of a question', { tags: 'mysql' }, (options: object) => show(options)],
    ['identities', { identities: 'AGE-SECRET-KEY-1' }, (options: object) => restore('bak', options)],
  ])('%s that are a text are no list either', async (_, given, call) => {
    await using here = await place()
    await backup(here.tree, { conf: here.conf })
    await expect(call({ conf: here.conf, ...given })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it.each([null, 0, ''])('%p is no configuration, and does not mean that of the file', async (conf) => {
    await expect(open({ conf } as object)).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  })

  it.each([null, 5, Buffer.from('secret')])(
    '%p is no password, and none to store in the clear for',
    async (password) => {
      await using here = await place()
      const options = { conf: here.conf, password } as object
      const expected = { code: 'INVALID_INPUT', message: 'the password is not a text' }
      await expect(backup(here.tree, options)).rejects.toMatchObject(expected)
      await expect(backup(here.tree, { conf: here.conf, recipients: null } as object)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: 'recipients is not a list',
      })
      expect(await ls({ conf: here.conf })).toEqual([])
    },
  )

  it.each([null, 5])('%p is no password to restore with', async (password) => {
    await using here = await place()
    await backup(here.tree, { conf: here.conf, password: '5' })
    const restoring = restore('bak', { conf: here.conf, to: join(here.directory, 'to'), password } as object)
    await expect(restoring).rejects.toMatchObject({ code: 'INVALID_INPUT', message: 'the passphrase is not a text' })
  })
})

describe('an opened Bakthat', () => {
  it('whose catalog cannot be opened is closed like any other, and opens it once it can', async () => {
    await using here = await place()
    const bakthat = await open({ conf: { ...here.conf, database: join(here.directory, 'catalogs', 'one.sqlite') } })
    await writeFile(join(here.directory, 'catalogs'), 'in the way')
    await expect(bakthat.show()).rejects.toMatchObject({ code: expect.any(String) })
    await rm(join(here.directory, 'catalogs'))
    expect(await bakthat.show()).toEqual([])
    await bakthat.close()
    const other = await open({ conf: { ...here.conf, database: here.directory } })
    await expect(other.show()).rejects.toMatchObject({ code: 'CATALOG' })
    await other.close()
  })

  it('lists by text, tags and destination', async () => {
    await using here = await place()
    await using bakthat = await open({ conf: here.conf })
    await bakthat.backup(here.tree, { name: 'site', tags: ['web', 'daily'] })
    await bakthat.backup(here.tree, { name: 'site-db', tags: ['daily'] })
    const names = async (query: object): Promise<string[]> =>
      (await bakthat.show(query)).map(({ filename }) => filename)
    expect(await names({})).toEqual(['site', 'site-db'])
    expect(await names({ text: 'db' })).toEqual(['site-db'])
    expect(await names({ tags: ['web', 'daily'] })).toEqual(['site'])
    expect(await names({ destination: 'local' })).toEqual(['site', 'site-db'])
  })

  it('shows only a profile’s own place when a profile was asked for', async () => {
    await using here = await place()
    const { directory } = here
    const file = join(directory, 'bakthat.yml')
    const profile = (name: string): string => `${name}:\n  local_dir: ${name}\n  database: catalog.sqlite\n`
    await writeFile(file, profile('default') + profile('other'))
    await backup(here.tree, { config: file, name: 'one' })
    await backup(here.tree, { config: file, profile: 'other', name: 'two' })
    const names = async (options: object): Promise<string[]> =>
      (await show({ config: file, ...options })).map((row) => row.filename)
    expect(await names({})).toEqual(['one', 'two'])
    expect(await names({ profile: 'other' })).toEqual(['two'])
    await expect(restore('two', { config: file })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('names the destinations there are when asked for another', async () => {
    await using here = await place()
    await using bakthat = await open({ conf: here.conf })
    await expect(bakthat.backup(here.tree, { destination: 'tape' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      hint: expect.stringContaining('local') as unknown,
    })
  })

  it('adds the profile’s tags and excludes to those of the call', async () => {
    await using here = await place()
    await writeFile(join(here.tree, 'a.log'), '')
    await writeFile(join(here.tree, 'b.tmp'), '')
    await using bakthat = await open({ conf: { ...here.conf, tags: 'always', exclude: '*.log' } })
    const made = await bakthat.backup(here.tree, { tags: ['now'], exclude: ['*.tmp'] })
    expect(made).toMatchObject({ tags: ['always', 'now'], files: 1 })
  })

  it('can be closed twice, and used again after that', async () => {
    await using here = await place()
    const bakthat = await open({ conf: here.conf })
    await bakthat.backup(here.tree)
    await bakthat.close()
    await bakthat.close()
    expect(await bakthat.show()).toHaveLength(1)
    await bakthat.close()
  })
})

describe('how a backup is encrypted', () => {
  const ends = async (running: Promise<{ storedFilename: string }>): Promise<string> =>
    (await running).storedFilename.replace(/^bak\.\d+/, '')

  it('is as the call says', async () => {
    await using here = await place()
    const { conf } = here
    const { recipient } = await generateIdentity()
    expect(await ends(backup(here.tree, { conf, recipients: [recipient] }))).toBe('.tgz.age')
    expect(await ends(backup(here.tree, { conf, password: 'secret' }))).toBe('.tgz.age')
    await expect(backup(here.tree, { conf, password: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await ends(backup(here.tree, { conf }))).toBe('.tgz')
  })

  it('is as the profile says, before anybody is asked', async () => {
    await using here = await place()
    const { identity, recipient } = await generateIdentity()
    const identityFile = join(here.directory, 'id')
    await writeFile(identityFile, `${identity}\n`)
    const conf = { ...here.conf, recipients: recipient, identity: identityFile }
    const password = (): Promise<string> => Promise.reject(new Error('nobody is here'))
    expect(await ends(backup(here.tree, { conf, password }))).toBe('.tgz.age')
    await restore('bak', { conf, to: join(here.directory, 'to') })
  })

  it('is with the output of the password command, less its newline', async () => {
    await using here = await place()
    const conf = { ...here.conf, password_command: ['printf', 'pass phrase\\n'] }
    await backup(here.tree, { conf })
    const to = join(here.directory, 'to')
    await expect(restore('bak', { conf: here.conf, to, password: 'pass' })).rejects.toMatchObject({ code: 'WRONG_KEY' })
    await restore('bak', { conf: here.conf, to, password: 'pass phrase' })
  })

  it.each([
    ['fails', ['sh', '-c', 'echo topsecret; exit 1']],
    ['prints nothing', ['true']],
    ['is not there', ['/no/such/command']],
  ])('is never in the clear because the password command %s', async (_, password_command) => {
    await using here = await place()
    const error = (await backup(here.tree, { conf: { ...here.conf, password_command } }).catch(
      (reason: unknown) => reason,
    )) as Error & { code: string }
    expect(error.code).toMatch(/^INVALID_/)
    expect(`${error.message}${error.stack ?? ''}${String(error.cause)}`).not.toContain('topsecret')
    expect(await show({ conf: here.conf })).toEqual([])
  })

  it('cannot be both to recipients and with a password', async () => {
    await using here = await place()
    const { recipient } = await generateIdentity()
    const running = backup(here.tree, { conf: here.conf, recipients: [recipient], password: 'x' })
    await expect(running).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('is asked for where nothing says it, and an empty answer means no encryption', async () => {
    await using here = await place()
    const { conf } = here
    expect(await ends(backup(here.tree, { conf, password: () => Promise.resolve('typed') }))).toBe('.tgz.age')
    expect(await ends(backup(here.tree, { conf, password: () => Promise.resolve('') }))).toBe('.tgz')
  })
})

it('a file that may not be read is left out with a warning, and the rest is there', async () => {
  await using here = await place()
  const locked = join(here.tree, 'locked')
  await writeFile(locked, 'x')
  await chmod(locked, 0)
  const made = await backup(here.tree, { conf: here.conf })
  // Root reads everything.
  expect(made.warnings.map(({ code }) => code)).toEqual(process.getuid?.() === 0 ? [] : ['unreadable'])
})

it('a level is one of the profile’s format, and no level of another one', async () => {
  await using here = await place()
  const conf = { ...here.conf, compression: 'zstd', compression_level: 19 } as const
  const format = async (compression: object): Promise<unknown> =>
    (await backup(here.tree, { conf, compression })).metadata['compression']
  expect(await format({ level: 1 })).toBe('zstd')
  expect(await format({ format: 'gzip' })).toBe('gzip')
})

it('a lost catalog is made anew from what is stored', async () => {
  await using here = await place()
  const { storedFilename } = await backup(here.tree, { conf: here.conf, tags: ['t'] })
  const conf = { ...here.conf, database: join(here.directory, 'new.sqlite') }
  const { added } = await sync({ conf })
  expect(added).toMatchObject([{ storedFilename, tags: ['t'] }])
  await restore('bak', { conf, to: join(here.directory, 'to') })
})

it('a password is asked for once, for however many backups', async () => {
  await using here = await place()
  await using bakthat = await open({ conf: here.conf })
  for (const name of ['one', 'two']) await bakthat.backup(here.tree, { name, password: 'typed' })
  let asked = 0
  const password = (): Promise<string> => Promise.resolve(asked++ === 0 ? 'typed' : 'mistyped')
  const { found, unsearched } = await bakthat.find(['/bak/'], { password })
  expect({ backups: found[0]?.backups.length, unsearched }).toEqual({ backups: 2, unsearched: [] })
  expect(asked).toBe(1)
  asked = 0
  const { before, after, differences } = await bakthat.diff('two', { since: 'one', password })
  expect([before.filename, after.filename]).toEqual(['one', 'two'])
  for await (const difference of differences) throw new Error(`nothing changed: ${difference.change}`)
  expect(asked).toBe(1)
})

it('nobody is asked for a password to back up what is not there', async () => {
  await using here = await place()
  const password = (): Promise<string> => Promise.reject(new Error('asked'))
  const running = backup(join(here.directory, 'nope'), { conf: here.conf, password })
  await expect(running).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
