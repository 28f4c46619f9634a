import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { access, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { backup, read, remove, resolveBackup, restore, restoreFile, verify } from '@bakthat/core'
import { generateIdentity } from '@bakthat/crypto'
import { BakthatError } from '@bakthat/errors'
import { openLocal } from '@bakthat/local'
import { coldBackend, memoryBackend } from '@bakthat/storage-testing'
import { collect, single, type Bytes, type StorageBackend } from '@bakthat/storage'
import { altered, begun, describeTree, makeTree, removedWhileRead, storedBytes, testEngine } from './engine.js'
import { stored, storedValue } from './stored.js'

describe('restore', () => {
  it('takes the newest complete backup of exactly that name', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    for (const [name, text] of [
      ['site', 'first'],
      ['site', 'second'],
      ['site-db', 'other'],
      ['mysite', 'other'],
    ] as const) {
      await writeFile(join(directory, 'file'), text)
      await backup(engine, join(directory, 'file'), { name })
    }
    const { backup: restored } = await restore(engine, 'site', { to: join(directory, 'to') })
    expect(restored?.storedFilename).toBe('site.20260318120001.tar.zst')
    expect(await readFile(join(directory, 'to', 'file'), 'utf8')).toBe('second')
  })

  it('takes the one of that stored name', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    for (const text of ['first', 'second']) {
      await writeFile(join(directory, 'file'), text)
      await backup(engine, join(directory, 'file'))
    }
    await restore(engine, 'file.20260318120000.tar.zst', { to: join(directory, 'to') })
    expect(await readFile(join(directory, 'to', 'file'), 'utf8')).toBe('first')
  })

  it.each(['sit', 'SITE', 'si*', 's_te', '%'])('does not take %s for site', async (name) => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    await expect(restore(engine, name)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('takes a backup rather than the value of a key that is called the same', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await stored(engine, 'site', '2026-03-17T11:00:00Z')
    await storedValue(engine, 'site')
    expect(resolveBackup(engine, 'site').storedFilename).toBe(storedFilename)
    await remove(engine, 'site')
    expect(resolveBackup(engine, 'site').storedFilename).toBe('site')
  })

  it('never replaces what the backups lie in, neither the destination nor an archive', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const here = { ...engine, backend: openLocal(join(tree, 'backups')) }
    const { storedFilename } = await backup(here, tree)
    const before = await describeTree(tree)
    const over = { to: engine.directory, overwrite: true }
    await expect(restore(here, 'site', over)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    const archive = join(tree, 'backups', storedFilename)
    await expect(restoreFile(here, archive, over)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await describeTree(tree)).toEqual(before)
  })

  it('says in which other destination there is one', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const elsewhere = altered(memoryBackend(), { scheme: 'elsewhere' })
    await expect(restore({ ...engine, backend: elsewhere }, 'site')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringContaining(engine.backend.container) as unknown,
    })
  })

  it('leaves the target as it was when the stored bytes were altered', async () => {
    await using engine = await testEngine()
    const { backend, directory } = engine
    await backup(engine, await makeTree(join(directory, 'site')), { compression: { format: 'none' } })
    const tampered = altered(backend, {
      retrieve: async (locator, options) => {
        const answer = await backend.retrieve(locator, options)
        return answer.state === 'ready' ? { ...answer, value: flipped(answer.value) } : answer
      },
    })
    const target = join(directory, 'to')
    await expect(restore({ ...engine, backend: tampered }, 'site', { to: target })).rejects.toMatchObject({
      code: 'INTEGRITY',
    })
    await expect(access(target)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses a backup in the clear where an encrypted one should be', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    const plain = await backup(engine, tree)
    const bytes = await storedBytes(engine.backend, plain.storedFilename)
    const name = `${plain.storedFilename}.age`
    const blob = await engine.backend.put(name, single(bytes))
    const about = {
      backend: 'memory',
      container: engine.backend.container,
      filename: 'planted',
      tags: [],
      host: 'x',
      pid: 1,
    }
    const planted = {
      ...about,
      backupDate: begun,
      storedFilename: name,
      metadata: { encryption: 'passphrase' },
      ...blob,
    }
    engine.catalog.record(planted)
    const keys = { passphrase: () => Promise.resolve('secret') }
    const refused = { code: 'INTEGRITY', message: `${name} should be encrypted, and is not` }
    const to = join(engine.directory, 'to')
    let open = 0
    const retrieve: StorageBackend['retrieve'] = async (...asked) => {
      const answer = await engine.backend.retrieve(...asked)
      return answer.state === 'pending' ? answer : { ...answer, value: watched(answer.value) }
    }
    async function* watched(value: Bytes): Bytes {
      open += 1
      try {
        yield* value
      } finally {
        open -= 1
      }
    }
    const watching = { ...engine, backend: altered(engine.backend, { retrieve }) }
    await expect(restore(watching, 'planted', { to, keys })).rejects.toMatchObject(refused)
    expect(open).toBe(0)
    expect(await verify(engine, 'planted', { keys })).toMatchObject([{ outcome: 'damaged', problem: refused }])
    await writeFile(join(engine.directory, 'file.tar.zst.age'), bytes)
    const file = join(engine.directory, 'file.tar.zst.age')
    await expect(restoreFile(engine, file, { to, keys })).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  it('tells a wrong key from damage', async () => {
    await using engine = await testEngine()
    const [right, wrong] = [await generateIdentity(), await generateIdentity()]
    const tree = await makeTree(join(engine.directory, 'site'))
    await backup(engine, tree, { encryption: { recipients: [right.recipient] } })
    const target = join(engine.directory, 'to')
    const keys = { identities: [wrong.identity] }
    await expect(restore(engine, 'site', { to: target, keys })).rejects.toMatchObject({
      code: 'WRONG_KEY',
      message: expect.stringContaining(right.recipient) as unknown,
    })
    await expect(access(target)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('takes it for no damage that the passphrase cannot be had', async () => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')), { encryption: { passphrase: 'secret' } })
    const refusal = new BakthatError('INVALID_INPUT', 'the command gives an empty password')
    const keys = { passphrase: () => Promise.reject(refusal) }
    await expect(verify(engine, 'site', { keys })).rejects.toBe(refusal)
  })

  it('gives a file of zeros back, which compresses by more than is believed of strange archives', async () => {
    await using engine = await testEngine()
    const zeros = 80 << 20
    await writeFile(join(engine.directory, 'zeros'), Buffer.alloc(zeros))
    await backup(engine, join(engine.directory, 'zeros'))
    expect(await restore(engine, 'zeros', { to: join(engine.directory, 'to') })).toMatchObject({ bytesWritten: zeros })
  })

  it('makes holes of zeros where it is asked to, of a tree and of a stream', async () => {
    await using engine = await testEngine()
    const [disk, to] = [join(engine.directory, 'disk'), join(engine.directory, 'to')]
    await writeFile(disk, Buffer.alloc(4 << 20))
    await backup(engine, disk)
    await backup(engine, createReadStream(disk), { name: 'stream' })
    for (const name of ['disk', 'stream']) {
      await restore(engine, name, { to, sparse: true })
      const { size, blocks } = await stat(join(to, name))
      expect({ size, isSmall: blocks < 100 }).toEqual({ size: 4 << 20, isSmall: true })
    }
  })

  it('says that a cold backup is on its way', async () => {
    const inner = memoryBackend()
    await using engine = await testEngine({ backend: coldBackend(inner) })
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    const target = join(engine.directory, 'to')
    await expect(restore(engine, 'site', { to: target })).rejects.toMatchObject({ code: 'PENDING' })
  })

  it('says that a backup was removed behind our back', async () => {
    await using engine = await testEngine()
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'site')))
    await engine.backend.remove(engine.backend.locate(storedFilename)!)
    await expect(restore(engine, 'site', { to: join(engine.directory, 'to') })).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('no longer in the storage') as unknown,
    })
  })

  it('says the same where that happens while it is read, in parts too, and a verification goes on to the next', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    await backup(engine, tree)
    await backup(engine, tree, { name: 'web' })
    const raced = { ...engine, backend: removedWhileRead(engine.backend) }
    for (const only of [{}, { only: ['site/hello.txt'] }])
      await expect(restore(raced, 'site', { to: join(engine.directory, 'to'), ...only })).rejects.toMatchObject({
        code: 'INTEGRITY',
        message: expect.stringContaining('no longer in the storage') as unknown,
      })
    expect(await verify(raced)).toMatchObject([{ outcome: 'damaged' }, { outcome: 'damaged' }])
  })

  it.each([undefined, '', null, 5])('takes nothing for the name %p', async (name) => {
    await using engine = await testEngine()
    await backup(engine, await makeTree(join(engine.directory, 'site')))
    await expect(restore(engine, name as string)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(remove(engine, name as string)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(engine.catalog.find()).toHaveLength(1)
  })

  it('never takes a deleted backup', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    await backup(engine, tree)
    await backup(engine, tree)
    await remove(engine, 'site')
    const { backup: restored } = await restore(engine, 'site', { to: join(engine.directory, 'to') })
    expect(restored?.storedFilename).toBe('site.20260318120000.tar.zst')
  })
})

describe('restoreFile', () => {
  it('restores an archive of GNU tar without a catalog', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    const tree = await makeTree(join(directory, 'site'))
    execFileSync('tar', ['czf', join(directory, 'a.tgz'), '-C', directory, 'site'])
    await restoreFile(engine, join(directory, 'a.tgz'), { to: join(directory, 'to') })
    expect(await describeTree(join(directory, 'to', 'site'))).toEqual(await describeTree(tree))
  })

  it('gives back the extended attributes of an archive, which a backup keeps where it is asked to', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    await makeTree(join(directory, 'site'))
    const noted = ['--format=pax', '--pax-option=SCHILY.xattr.user.note:=kept']
    execFileSync('tar', ['czf', join(directory, 'a.tgz'), ...noted, '-C', directory, 'site/hello.txt'])
    const { warnings } = await restoreFile(engine, join(directory, 'a.tgz'), { to: join(directory, 'to') })
    // Not every file system has attributes.
    const isNoted = warnings.length === 0
    for (const xattrs of [true, false]) {
      await backup(engine, join(directory, 'to', 'site'), { name: `site ${xattrs}`, xattrs })
      const tar = await collect(read(engine, `site ${xattrs}`), 1e7)
      expect(Buffer.from(tar).includes('SCHILY.xattr.user.note=kept')).toBe(isNoted && xattrs)
    }
  })

  it('opens what the Python tool encrypted', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    await mkdir(join(directory, 'in'))
    await writeFile(join(directory, 'in', 'file'), 'from the Python tool')
    const tar = execFileSync('tar', ['cf', '-', '-C', join(directory, 'in'), 'file'])
    await writeFile(join(directory, 'a.tgz.enc'), beefish(gzipSync(tar), 'sixteen bytes pw'))
    const keys = { passphrase: () => Promise.resolve('sixteen bytes pw') }
    await restoreFile(engine, join(directory, 'a.tgz.enc'), { to: join(directory, 'to'), keys })
    expect(await readFile(join(directory, 'to', 'file'), 'utf8')).toBe('from the Python tool')
  })

  ;(process.platform === 'linux' ? it : it.skip)('tells a disk that fails from a bug', async () => {
    await using engine = await testEngine()
    const running = restoreFile(engine, '/proc/self/mem', { to: join(engine.directory, 'to') })
    await expect(running).rejects.toMatchObject({ code: 'UNAVAILABLE', hint: 'check the disk and its cables' })
  })

  it.each([
    ['nope.tgz', 'nope.tgz does not exist'],
    ['nope\0.tgz', '"nope\\u0000.tgz" is no path'],
    ['', '"" is no path'],
  ])('says that the file is missing: %j', async (path, message) => {
    await using engine = await testEngine()
    const running = restoreFile(engine, path, { to: join(engine.directory, 'to') })
    await expect(running).rejects.toMatchObject({ code: 'INVALID_INPUT', message })
  })
})

/** A file as beefish writes it, made by OpenSSL: an IV, then Blowfish in CBC mode, with beefish's padding. */
function beefish(plain: Buffer, password: string): Buffer {
  const iv = Buffer.from('01234567')
  const padding = Buffer.alloc(8 - (plain.length % 8))
  padding[padding.length - 1] = padding.length
  const key = Buffer.from(password).toString('hex')
  const words = [
    'enc',
    '-bf-cbc',
    '-provider',
    'legacy',
    '-provider',
    'default',
    '-nopad',
    '-K',
    key,
    '-iv',
    iv.toString('hex'),
  ]
  const input = Buffer.concat([plain, padding])
  return Buffer.concat([iv, execFileSync('openssl', words, { input, maxBuffer: 1 << 24 })])
}

/** With one bit flipped within the contents of a file, where tar itself has no checksum. */
async function* flipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let at = 100_000
  for await (const chunk of bytes) {
    const copy = Buffer.from(chunk)
    if (at >= 0 && at < copy.length) copy[at] = copy[at]! ^ 1
    at -= copy.length
    yield copy
  }
}
