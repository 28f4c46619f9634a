import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { backup, restore, restoreFile, type DestinationContext } from '@bakthat/core'
import { generateIdentity } from '@bakthat/crypto'
import { BakthatError } from '@bakthat/errors'
import { openLocal } from '@bakthat/local'
import { interruptible, nameOfLocator, single, type StorageBackend } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'
import { altered, begun, describeTree, makeTree, storedBytes, storedNames, testEngine } from './engine.js'

describe('backup', () => {
  it('stores a tree that restores to the same tree', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    const made = await backup(engine, tree, { tags: ['a', 'b'] })
    expect(made).toMatchObject({
      storedFilename: 'mydir.20260318120000.tar.zst',
      filename: 'mydir',
      status: 'complete',
      tags: ['a', 'b'],
      files: 3,
      entries: 7,
      warnings: [],
    })
    await restore(engine, 'mydir', { to: join(engine.directory, 'again') })
    expect(await describeTree(join(engine.directory, 'again', 'mydir'))).toEqual(await describeTree(tree))
  })

  it('takes a path that cannot be one for a mistake', async () => {
    await using engine = await testEngine()
    const loop = join(engine.directory, 'loop')
    await symlink(loop, loop)
    const long = join(engine.directory, 'x'.repeat(300))
    const cases = [
      [loop, `${loop} is a loop of symbolic links`, 'check the path'],
      [long, `${long} is a longer path than the file system takes`, 'check the path'],
      [
        'not \ufffd text',
        'not \ufffd text does not exist',
        'a name that is not UTF-8 cannot be given: name what it lies in',
      ],
    ] as const
    for (const [path, message, hint] of cases) {
      const expected = { code: 'INVALID_INPUT', message, hint }
      await expect(backup(engine, path, { name: 'a' })).rejects.toMatchObject(expected)
      await expect(restoreFile(engine, path, { to: join(engine.directory, 'to') })).rejects.toMatchObject(expected)
    }
    await expect(restoreFile(engine, join(engine.directory, 'none'), { to: loop })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('tells how much there will be, from the second one of a name on before all was found', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    for (const name of ['a', 'b', 'c']) await writeFile(join(tree, name), Buffer.alloc(5_000_000, name))
    const totals = async (): Promise<readonly (number | undefined)[]> => {
      const told: (number | undefined)[] = []
      await backup(engine, tree, { onProgress: ({ bytesTotal }) => void told.push(bytesTotal) })
      return told
    }
    const first = await totals()
    expect(first[0]).toBeUndefined()
    expect(first.at(-1)).toBeGreaterThan(15_000_000)
    expect(new Set(await totals())).toEqual(new Set([first.at(-1)]))
  })

  it.each([
    ['zstd', 'mydir.20260318120000.tar.zst'],
    ['gzip', 'mydir.20260318120000.tgz'],
    ['none', 'mydir.20260318120000.tar'],
  ] as const)('names what %s gives %s', async (format, name) => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    const { storedFilename } = await backup(engine, tree, { compression: { format } })
    expect(storedFilename).toBe(name)
  })

  it('stores the index, the archive and the manifest, each whole before the next', async () => {
    await using engine = await testEngine()
    const order: string[] = []
    const { backend } = engine
    const watched = altered(backend, {
      put: async (name, bytes, options) => {
        const stored = await backend.put(name, bytes, options)
        order.push(`${name} ${options?.purpose ?? ''}`)
        return stored
      },
    })
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await backup({ ...engine, backend: watched }, tree)
    expect(order).toEqual([
      '.bakthat/indexes/mydir.20260318120000.tar.zst.zst metadata',
      'mydir.20260318120000.tar.zst archive',
      '.bakthat/manifests/mydir.20260318120000.tar.zst.json metadata',
    ])
  })

  it.each([0, 1])(
    'fails where another host removed its archive before its manifest was stored, after %i days',
    async (days) => {
      await using engine = await testEngine()
      const { backend } = engine
      let now = begun
      const swept = altered(backend, {
        put: async (name, bytes, options) => {
          const stored = await backend.put(name, bytes, options)
          if (options?.purpose === 'archive') {
            now = new Date(begun.getTime() + days * 86_400_000)
            await backend.remove(stored.locator)
          }
          return stored
        },
      })
      const tree = await makeTree(join(engine.directory, 'mydir'))
      const made = backup({ ...engine, backend: swept, now: () => now }, tree)
      await expect(made).rejects.toMatchObject({ code: 'INTEGRITY', hint: expect.stringContaining('cleanup') })
      expect(await storedNames(backend)).toEqual([])
      expect(engine.catalog.find()).toEqual([])
    },
  )

  it('writes a manifest that tells all that the catalog knows', async () => {
    await using engine = await testEngine()
    const made = await backup(engine, await makeTree(join(engine.directory, 'mydir')), { tags: ['x'] })
    const bytes = await storedBytes(engine.backend, `.bakthat/manifests/${made.storedFilename}.json`)
    expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
      format_version: 1,
      filename: 'mydir',
      stored_filename: made.storedFilename,
      backup_date: 1773835200,
      size: made.size,
      sha256: made.sha256,
      tags: ['x'],
      host: 'tests',
      metadata: { compression: 'zstd', encryption: 'none', files: 3 },
    })
  })

  it('encrypts the archive and its index to recipients', async () => {
    await using engine = await testEngine()
    const { identity, recipient } = await generateIdentity()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    const made = await backup(engine, tree, { encryption: { recipients: [recipient] } })
    expect(made.storedFilename).toBe('mydir.20260318120000.tar.zst.age')
    for (const name of (await storedNames(engine.backend)).filter((each) => each.endsWith('.age'))) {
      const start = Buffer.from(await storedBytes(engine.backend, name)).subarray(0, 21)
      expect(start.toString()).toBe('age-encryption.org/v1')
    }
    await restore(engine, 'mydir', { to: join(engine.directory, 'again'), keys: { identities: [identity] } })
    expect(await describeTree(join(engine.directory, 'again', 'mydir'))).toEqual(await describeTree(tree))
  })

  it('gives two backups of one second distinct names', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    const made = [await backup(engine, tree), await backup(engine, tree)]
    expect(made.map((each) => each.storedFilename)).toEqual([
      'mydir.20260318120000.tar.zst',
      'mydir.20260318120001.tar.zst',
    ])
  })

  it('asks the store for no name that the catalog has, however many backups were made in a second', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    const asked: string[] = []
    const stat: StorageBackend['stat'] = (locator, options) => {
      asked.push(nameOfLocator(locator))
      return engine.backend.stat(locator, options)
    }
    const watched = { ...engine, backend: altered(engine.backend, { stat }) }
    for (let made = 0; made < 3; made++) await backup(watched, tree)
    asked.length = 0
    await backup(watched, tree)
    expect(asked.filter((name) => !name.includes('20260318120003'))).toEqual([])
  })

  it('leaves a name alone that another host stored under, though no catalog here knows it', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await using other = await testEngine({ backend: engine.backend })
    await backup(other, tree)
    expect((await backup(engine, tree)).storedFilename).toBe('mydir.20260318120001.tar.zst')
  })

  it('leaves a name alone of which only a manifest is stored', async () => {
    await using engine = await testEngine()
    await engine.backend.put('.bakthat/manifests/mydir.20260318120000.tar.zst.json', single(Buffer.from('{}')))
    const { storedFilename } = await backup(engine, await makeTree(join(engine.directory, 'mydir')))
    expect(storedFilename).toBe('mydir.20260318120001.tar.zst')
  })

  it('is refused before anything is stored where its manifest would be too large to be read again', async () => {
    await using engine = await testEngine()
    const tags = Array.from({ length: 40_000 }, (_, number) => `tag-number-${number}`)
    await expect(backup(engine, await makeTree(join(engine.directory, 'site')), { tags })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'the tags and recipients of this backup are too many for its manifest',
    })
    expect(await storedNames(engine.backend)).toEqual([])
  })

  it('is pending in the catalog until the store has confirmed it', async () => {
    await using engine = await testEngine()
    const { backend, catalog } = engine
    const seen: string[] = []
    const watched = altered(backend, {
      put: async (name, bytes, options) => {
        const stored = await backend.put(name, bytes, options)
        seen.push(...catalog.find({ status: ['pending', 'complete'] }).map((row) => row.status))
        return stored
      },
    })
    await backup({ ...engine, backend: watched }, await makeTree(join(engine.directory, 'mydir')))
    expect(seen).toEqual(['pending', 'pending', 'pending'])
    expect(catalog.find().map((row) => row.status)).toEqual(['complete'])
  })

  it('tells what made it fail where it cannot be undone either, and stays pending', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const stop = new AbortController()
    const broken = altered(backend, {
      put: (name, bytes, options) => {
        if (name.startsWith('.bakthat/manifests/')) stop.abort()
        return backend.put(name, bytes, options)
      },
      remove: () => Promise.reject(new BakthatError('UNAVAILABLE', 'the store went away')),
    })
    const tree = await makeTree(join(engine.directory, 'mydir'))
    const { signal } = stop
    await expect(backup({ ...engine, backend: broken }, tree, { signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
    expect(engine.catalog.find({ status: ['pending'] })).toHaveLength(1)
  })

  it.each(['mydir.20260318120000.tar.zst', '.bakthat/indexes/', '.bakthat/manifests/'])(
    'leaves nothing behind when storing %s fails',
    async (failing) => {
      await using engine = await testEngine()
      const { backend } = engine
      const broken = altered(backend, {
        put: (name, bytes, options) =>
          name.startsWith(failing)
            ? Promise.reject(new BakthatError('UNAVAILABLE', 'the store went away'))
            : backend.put(name, bytes, options),
      })
      const tree = await makeTree(join(engine.directory, 'mydir'))
      await expect(backup({ ...engine, backend: broken }, tree)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      expect(await storedNames(backend)).toEqual([])
      expect(engine.catalog.find({ status: ['pending', 'complete', 'deleted'] })).toEqual([])
    },
  )

  it('leaves nothing behind when it is interrupted in the moment in which its index appears', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const stop = new AbortController()
    let indexing: Promise<unknown> | undefined
    const slow = altered(backend, {
      put: (name, bytes, options) => {
        if (!name.startsWith('.bakthat/indexes/')) return backend.put(name, interruptible(bytes, stop.signal), options)
        stop.abort()
        const storing = setImmediate().then(() => backend.put(name, bytes))
        indexing = storing
        return storing
      },
    })
    const tree = await makeTree(join(engine.directory, 'mydir'))
    const { signal } = stop
    await expect(backup({ ...engine, backend: slow }, tree, { signal })).rejects.toMatchObject({ code: 'INTERRUPTED' })
    await indexing
    expect(await storedNames(backend)).toEqual([])
  })

  it('that fails in the end takes its manifest back before its archive: at no moment does it look finished', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const archive = 'mydir.20260318120000.tar.zst'
    const manifest = `.bakthat/manifests/${archive}.json`
    const removed: string[] = []
    const failing = altered(backend, {
      stat: async (...args) => {
        if ((await storedNames(backend)).includes(manifest)) throw new BakthatError('UNAVAILABLE', 'it went away')
        return backend.stat(...args)
      },
      remove: async (locator, options) => {
        removed.push(locator)
        await backend.remove(locator, options)
      },
    })
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await expect(backup({ ...engine, backend: failing }, tree)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const names = [manifest, archive, `.bakthat/indexes/${archive}.zst`]
    expect(removed).toEqual(names.map((name) => backend.locate(name)))
  })

  it('never touches the blob of another host that took the name in the same instant', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const name = 'mydir.20260318120000.tar.zst'
    const raced = altered(backend, {
      put: async (wanted, bytes, options) => {
        if (wanted === name) await backend.put(name, single(Buffer.from('theirs')))
        return backend.put(wanted, bytes, options)
      },
    })
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await expect(backup({ ...engine, backend: raced }, tree)).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message: `another host took the name ${name} at the same moment`,
    })
    expect(Buffer.from(await storedBytes(backend, name)).toString()).toBe('theirs')
  })

  it('refuses a store that holds other bytes than were sent, and removes them', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const lying = altered(backend, {
      put: async (name, bytes, options) => ({ ...(await backend.put(name, bytes, options)), sha256: '0'.repeat(64) }),
    })
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await expect(backup({ ...engine, backend: lying }, tree)).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(await storedNames(backend)).toEqual([])
    expect(engine.catalog.find({ status: ['pending', 'complete', 'deleted'] })).toEqual([])
  })

  it('says that the store holds other bytes also where it does not let them go, and stays pending', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const lying = altered(backend, {
      put: async (name, bytes, options) => ({ ...(await backend.put(name, bytes, options)), sha256: '0'.repeat(64) }),
      remove: () => Promise.reject(new BakthatError('LOCKED', 'the store keeps it')),
    })
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await expect(backup({ ...engine, backend: lying }, tree)).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(engine.catalog.find({ status: ['pending'] })).toHaveLength(1)
  })

  it('stops when asked to and undoes what it began', async () => {
    await using engine = await testEngine()
    const { backend } = engine
    const stopping = new AbortController()
    const slow = altered(backend, {
      put: (name, bytes, options) => {
        stopping.abort()
        return backend.put(name, bytes, options)
      },
    })
    const tree = await makeTree(join(engine.directory, 'mydir'))
    const running = backup({ ...engine, backend: slow }, tree, { signal: stopping.signal })
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(await storedNames(backend)).toEqual([])
    expect(engine.catalog.find({ status: ['pending', 'complete', 'deleted'] })).toEqual([])
  })

  it('says of a symbolic link that leads nowhere where to', async () => {
    await using context = await testEngine()
    const target = '/mnt/disk/photos'
    const link = join(context.directory, 'link')
    await symlink(target, link)
    await expect(backup(context, link)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: `${link} is a symbolic link that leads nowhere: to ${target}`,
      hint: expect.any(String),
    })
    expect(context.catalog.find({ status: ['pending', 'complete'] })).toEqual([])
  })

  it('does not take a text for a list of patterns, beside those of a file', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await writeFile(join(tree, '.gitignore'), 'build\n')
    await expect(backup(engine, tree, { exclude: '*.tmp' } as object)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'exclude is not a list',
    })
    expect(engine.catalog.find({ status: ['pending', 'complete'] })).toEqual([])
  })

  it.each([NaN, -1])('refuses to plan for %d bytes', async (estimatedSize) => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await expect(backup(engine, tree, { estimatedSize })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: `estimatedSize is no number of bytes: ${estimatedSize}`,
    })
    expect(engine.catalog.find({ status: ['pending', 'complete'] })).toEqual([])
  })

  it('says that a path is missing before it touches catalog or store', async () => {
    await using engine = await testEngine()
    const running = backup(engine, join(engine.directory, 'nope'))
    await expect(running).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('nope') as unknown,
    })
    expect(engine.catalog.find({ status: ['pending', 'complete', 'deleted'] })).toEqual([])
  })

  it.each(['', '..', 'a/b', 'a\nb', 'x'.repeat(181)])('refuses the name %j', async (name) => {
    await using engine = await testEngine()
    const running = backup(engine, await makeTree(join(engine.directory, 'mydir')), { name })
    await expect(running).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('stores a .tgz as it is', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    await makeTree(join(directory, 'mydir'))
    execFileSync('tar', ['czf', join(directory, 'given.tgz'), '-C', directory, 'mydir'])
    const made = await backup(engine, join(directory, 'given.tgz'))
    expect(made).toMatchObject({ storedFilename: 'given.tgz.20260318120000.tgz', files: 3 })
    const stored = await storedBytes(engine.backend, made.storedFilename)
    expect(Buffer.from(stored).equals(await readFile(join(directory, 'given.tgz')))).toBe(true)
  })

  it('packs a .tgz with entries below its own links as any other file, for it would not restore by itself', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    await mkdir(join(directory, 'usr', 'lib'), { recursive: true })
    await symlink('usr/lib', join(directory, 'lib'))
    await writeFile(join(directory, 'usr', 'lib', 'file'), 'x')
    const path = join(directory, 'merged.tgz')
    execFileSync('tar', ['czf', path, '-C', directory, 'usr', 'lib', 'lib/file'])
    expect((await backup(engine, path)).storedFilename).toBe('merged.tgz.20260318120000.tar.zst')
    await restore(engine, 'merged.tgz', { to: join(directory, 'again') })
    expect((await readFile(join(directory, 'again', 'merged.tgz'))).equals(await readFile(path))).toBe(true)
  })

  it('stores a .tgz with holes so that it restores', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    await mkdir(join(directory, 'disks'))
    await writeFile(join(directory, 'disks', 'disk'), 'data')
    await truncate(join(directory, 'disks', 'disk'), 10 << 20)
    const path = join(directory, 'given.tgz')
    execFileSync('tar', ['cSzf', path, '-C', directory, 'disks'])
    await backup(engine, path)
    await restore(engine, 'given.tgz', { to: join(directory, 'again') })
    expect((await readFile(join(directory, 'again', 'disks', 'disk'))).length).toBe(10 << 20)
  })

  it.each([
    ['cut short', (path: string, bytes: Buffer) => writeFile(path, bytes.subarray(0, 20))],
    ['replaced', (path: string, bytes: Buffer) => writeFile(path, Buffer.from(bytes).fill(7, 10))],
  ])('stores nothing of a .tgz that is %s once it was found to be whole', async (_, change) => {
    await using engine = await testEngine()
    const { directory } = engine
    await makeTree(join(directory, 'mydir'))
    const path = join(directory, 'given.tgz')
    execFileSync('tar', ['czf', path, '-C', directory, 'mydir'])
    const bytes = await readFile(path)
    const put: DestinationContext['backend']['put'] = async (...args) => {
      await change(path, bytes)
      return engine.backend.put(...args)
    }
    const changing = { ...engine, backend: altered(engine.backend, { put }) }
    await expect(backup(changing, path)).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: `${path} changed while it was backed up`,
    })
    expect(await storedNames(engine.backend)).toEqual([])
    expect(engine.catalog.find({ status: ['pending', 'complete'] })).toEqual([])
  })

  it('packs a .tgz that is cut short as any other file, so that it comes back as it was', async () => {
    await using engine = await testEngine()
    const { directory } = engine
    await makeTree(join(directory, 'mydir'))
    const path = join(directory, 'given.tgz')
    execFileSync('tar', ['czf', path, '-C', directory, 'mydir'])
    await truncate(path, 300)
    const { storedFilename } = await backup(engine, path)
    expect(storedFilename).toBe('given.tgz.20260318120000.tar.zst')
    await restore(engine, 'given.tgz', { to: join(directory, 'again') })
    expect((await readFile(join(directory, 'again', 'given.tgz'))).equals(await readFile(path))).toBe(true)
  })

  it('follows a symbolic link that is named on purpose', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    execFileSync('ln', ['-s', tree, join(engine.directory, 'current')])
    const made = await backup(engine, join(engine.directory, 'current'))
    expect(made).toMatchObject({ filename: 'current', files: 3 })
  })
})

describe('what a backup leaves out', () => {
  async function names(engine: DestinationContext, tree: string, options: object): Promise<string[]> {
    const notices: string[] = []
    await backup(engine, tree, { ...options, onNotice: (notice) => notices.push(notice) })
    const again = `${tree}-again`
    await restore(engine, 'mydir', { to: again })
    const found = await describeTree(join(again, 'mydir'))
    return [...found.map((line) => line.split(' ')[0]!), ...notices]
  }

  async function tree(directory: string): Promise<string> {
    const path = join(directory, 'mydir')
    await mkdir(path)
    for (const name of ['a.log', 'b.tmp', 'c.txt']) await writeFile(join(path, name), name)
    return path
  }

  it('is what .gitignore lists', async () => {
    await using engine = await testEngine()
    const path = await tree(engine.directory)
    await writeFile(join(path, '.gitignore'), '*.log\n')
    expect(await names(engine, path, {})).toEqual([
      '/',
      '.gitignore',
      'b.tmp',
      'c.txt',
      `leaving out what ${path}/.gitignore lists`,
    ])
  })

  it('is what .bakthatexclude lists, rather than .gitignore', async () => {
    await using engine = await testEngine()
    const path = await tree(engine.directory)
    await writeFile(join(path, '.gitignore'), '*.log\n')
    await writeFile(join(path, '.bakthatexclude'), '*.tmp\n')
    expect(await names(engine, path, {})).toEqual(expect.arrayContaining(['a.log', 'c.txt']))
    expect(engine.catalog.newest()?.metadata).toMatchObject({ files: 4, exclude_file: join(path, '.bakthatexclude') })
  })

  it.each([
    ['itself', '.gitignore'],
    ['what lies below a file', 'hello.txt/patterns'],
    ['nothing', 'missing'],
  ])('is not asked of a link of that name that leads to %s', async (_, target) => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'mydir'))
    await symlink(target, join(tree, '.gitignore'))
    const { warnings } = await backup(engine, tree)
    expect(warnings).toEqual([])
  })

  it('is not asked of a FIFO of that name, which would never end', async () => {
    await using engine = await testEngine()
    const path = await tree(engine.directory)
    execFileSync('mkfifo', [join(path, '.bakthatexclude'), join(path, '.gitignore')])
    expect((await backup(engine, path)).files).toBe(3)
  })

  it('is asked of a FIFO that was named, and waited for until the signal', async () => {
    await using engine = await testEngine()
    const path = await tree(engine.directory)
    const excludeFile = join(engine.directory, 'fifo')
    execFileSync('mkfifo', [excludeFile])
    const stopped = backup(engine, path, { excludeFile, signal: AbortSignal.timeout(100) })
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' })
    const [left] = await Promise.all([names(engine, path, { excludeFile }), writeFile(excludeFile, '*.log\n*.tmp\n')])
    expect(left.slice(0, 2)).toEqual(['/', 'c.txt'])
  })

  it('is what the file and the patterns asked for say, rather than files of the tree', async () => {
    await using engine = await testEngine()
    const path = await tree(engine.directory)
    await writeFile(join(path, '.gitignore'), '*.txt\n')
    await writeFile(join(engine.directory, 'list'), '*.tmp\r\n')
    const left = await names(engine, path, { excludeFile: join(engine.directory, 'list'), exclude: ['*.log'] })
    expect(left.slice(0, 3)).toEqual(['/', '.gitignore', 'c.txt'])
  })

  it('is the destination, when that lies inside the source', async () => {
    await using engine = await testEngine()
    const path = await tree(engine.directory)
    const backend = openLocal(join(path, 'store'))
    const notices: string[] = []
    const onNotice = (notice: string): number => notices.push(notice)
    await backup({ ...engine, backend }, path, { onNotice })
    expect(notices.join()).toContain(join(path, 'store'))
    const second = await backup({ ...engine, backend }, path)
    expect(second.files).toBe(3)
  })

  it('cannot be the whole source: backing the destination itself up is refused', async () => {
    await using engine = await testEngine()
    const store = join(engine.directory, 'store')
    await mkdir(join(store, 'sub'), { recursive: true })
    const context = { ...engine, backend: openLocal(store) }
    await expect(backup(context, store)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(backup(context, join(store, 'sub'))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('is never decided by a missing exclude file', async () => {
    await using engine = await testEngine({ backend: memoryBackend() })
    const running = backup(engine, await tree(engine.directory), { excludeFile: join(engine.directory, 'nope') })
    await expect(running).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
