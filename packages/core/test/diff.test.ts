import { execFile } from 'node:child_process'
import { chmod, lstat, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { backup, diff, type Difference, type DiffOptions, type DiffResult, type Progress } from '@bakthat/core'
import { generateIdentity, type KeyPair } from '@bakthat/crypto'
import { single } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'
import fc from 'fast-check'
import { altered, testEngine, type TestEngine } from './engine.js'
import { storedValue } from './stored.js'

let pair: KeyPair
beforeAll(async () => {
  pair = await generateIdentity()
})

/** Contents by path: a text for a file, `null` for an empty directory. */
type Tree = Readonly<Record<string, string | null>>

/** Backs the tree up as the whole of `photos`, every file of it dated by its contents. */
async function backUp(engine: TestEngine, tree: Tree, options: Parameters<typeof backup>[2] = {}): Promise<string> {
  const root = join(engine.directory, 'photos')
  await rm(root, { recursive: true, force: true })
  await mkdir(root)
  for (const [path, text] of Object.entries(tree)) {
    if (text === null) await mkdir(join(root, path), { recursive: true })
    else await write(join(root, path), text)
  }
  return (await backup(engine, root, options)).storedFilename
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  await utimes(path, text.length, text.length)
}

/** What changed, as `change path`. */
async function lines({ differences }: DiffResult): Promise<string[]> {
  const told: string[] = []
  for await (const difference of differences) told.push(`${difference.change} ${pathOf(difference)}`)
  return told
}

function pathOf(difference: Difference): string {
  return difference.change === 'removed' ? difference.before.path : difference.after.path
}

async function all(engine: TestEngine, name: string, options?: DiffOptions): Promise<readonly Difference[]> {
  const told: Difference[] = []
  for await (const difference of diff(engine, name, options).differences) told.push(difference)
  return told
}

describe('comparing two backups', () => {
  it('tells what was added, removed and changed, and how it was', async () => {
    await using engine = await testEngine()
    const before = await backUp(engine, { 'beach.jpg': 'sand', 'old.jpg': 'mud', 'stays/sky.jpg': 'blue' })
    const after = await backUp(engine, { 'beach.jpg': 'sand and sea', 'new/a.jpg': 'wood', 'stays/sky.jpg': 'blue' })
    const compared = diff(engine, 'photos')
    expect([compared.before.storedFilename, compared.after.storedFilename]).toEqual([before, after])
    expect(await lines(compared)).toEqual([
      'changed photos/beach.jpg',
      'added photos/new',
      'added photos/new/a.jpg',
      'removed photos/old.jpg',
    ])
    expect((await all(engine, 'photos'))[0]).toMatchObject({
      before: { path: 'photos/beach.jpg', type: 'file', size: 4, mtimeNs: 4_000_000_000n },
      after: { path: 'photos/beach.jpg', type: 'file', size: 12, mtimeNs: 12_000_000_000n },
    })
  })

  it('compares with the one before, or with any that is named', async () => {
    await using engine = await testEngine()
    const stored = [
      await backUp(engine, { a: '1' }),
      await backUp(engine, { a: '1', b: '2' }),
      await backUp(engine, { a: '1', b: '2', c: '3' }),
      await backUp(engine, { d: '4' }, { name: 'other' }),
    ] as const
    const told = (name: string, since?: string): Promise<string[]> =>
      lines(diff(engine, name, since === undefined ? {} : { since }))
    expect(await told('photos')).toEqual(['added photos/c'])
    expect(await told(stored[1])).toEqual(['added photos/b'])
    expect(await told('photos', stored[0])).toEqual(['added photos/b', 'added photos/c'])
    expect(await told(stored[0], 'photos')).toEqual(['removed photos/b', 'removed photos/c'])
    expect(await told('photos', 'other')).toHaveLength(4)
    expect(await told('photos', 'photos')).toEqual([])
  })

  it('takes the time of a file for a change, and that of a directory or a link for none', async () => {
    await using engine = await testEngine()
    const root = join(engine.directory, 'photos')
    await backUp(engine, { touched: 'same', below: null, opened: 'x', kept: 'x' })
    await symlink('kept', join(root, 'link'))
    await symlink('kept', join(root, 'moved'))
    await backup(engine, root)
    await utimes(join(root, 'touched'), 99, 99)
    await utimes(join(root, 'below'), 99, 99)
    await chmod(join(root, 'opened'), 0o600)
    for (const [link, target] of [
      ['link', 'kept'],
      ['moved', 'touched'],
    ] as const) {
      await rm(join(root, link))
      await symlink(target, join(root, link))
    }
    await rm(join(root, 'kept'))
    await mkdir(join(root, 'kept'))
    await backup(engine, root)
    expect(await all(engine, 'photos')).toMatchObject([
      { change: 'changed', before: { path: 'photos/kept', type: 'file' }, after: { type: 'directory' } },
      { change: 'changed', before: { path: 'photos/moved', linkTarget: 'kept' }, after: { linkTarget: 'touched' } },
      { change: 'changed', after: { path: 'photos/opened', mode: 0o600 } },
      {
        change: 'changed',
        before: { mtimeNs: 4_000_000_000n },
        after: { path: 'photos/touched', mtimeNs: 99_000_000_000n },
      },
    ])
    expect((await lstat(join(root, 'below'))).mtimeMs).toBe(99_000)
  })

  it('tells, of any two trees, what either alone has and what both have in different states', async () => {
    // Names that sort otherwise as paths than as texts, and such as are no text.
    const name = fc.constantFrom('a', 'a b', 'a-', 'a.b', 'a0', 'ä', 'B', '\u0001')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
    const tree = fc
      .uniqueArray(fc.tuple(path, fc.constantFrom('1', '22')), { maxLength: 8, selector: ([at]) => at })
      .map((files) => files.filter(([at]) => !files.some(([other]) => other.startsWith(`${at}/`))))
    await fc.assert(
      fc.asyncProperty(tree, tree, async (before, after) => {
        await using engine = await testEngine()
        await backUp(engine, Object.fromEntries(before))
        await backUp(engine, Object.fromEntries(after))
        const [one, other] = [new Map(before), new Map(after)]
        const isFile = (difference: Difference): boolean =>
          ('before' in difference ? difference.before : difference.after).type === 'file'
        const expected = [...new Set([...one.keys(), ...other.keys()])].flatMap((at) => {
          if (!one.has(at)) return directoryIn(before, at) ? [] : [`added ${at}`]
          if (!other.has(at)) return directoryIn(after, at) ? [`changed ${at}`] : [`removed ${at}`]
          return one.get(at) === other.get(at) ? [] : [`changed ${at}`]
        })
        const told = (await all(engine, 'photos')).filter(isFile)
        const escaped = told.map((each) => `${each.change} ${pathOf(each).slice('photos/'.length)}`)
        expect(escaped.sort()).toEqual(expected.map((each) => each.replaceAll('\u0001', '\\x01')).sort())
      }),
      { seed: 20260316, numRuns: 60 },
    )
  })

  it('reads the indexes alone, of encrypted backups too, and stops when nobody reads on', async () => {
    const inner = memoryBackend()
    const asked: string[] = []
    const backend = altered(inner, {
      retrieve: (locator, options) => {
        asked.push(locator)
        return inner.retrieve(locator, options)
      },
    })
    await using engine = await testEngine({ backend })
    const encryption = { recipients: [pair.recipient] }
    await backUp(engine, { a: '1' }, { encryption })
    await backUp(engine, { a: '1', b: '2', c: '3' }, { encryption })
    asked.length = 0
    const { differences } = diff(engine, 'photos', { keys: { identities: [pair.identity] } })
    expect(asked).toEqual([])
    for await (const difference of differences) {
      expect(pathOf(difference)).toBe('photos/b')
      break
    }
    expect(asked).toEqual([
      expect.stringMatching(/^\.bakthat\/indexes\//),
      expect.stringMatching(/^\.bakthat\/indexes\//),
    ])
    await expect(all(engine, 'photos')).rejects.toMatchObject({ code: 'WRONG_KEY' })
  })

  it('reads the whole of a backup without an index, in whatever order it is', async () => {
    await using engine = await testEngine()
    const archive = join(engine.directory, 'photos.tgz')
    for (const [text, names] of [
      ['1', ['b', 'a/c', 'a.b']],
      ['22', ['a.b', 'a/c', 'b']],
    ] as const) {
      await write(join(engine.directory, 'b'), '1')
      await write(join(engine.directory, 'a.b'), '1')
      await write(join(engine.directory, 'a/c'), text)
      await promisify(execFile)('tar', ['-czf', archive, '-C', engine.directory, ...names])
      expect(await backup(engine, archive, { name: 'photos' })).not.toHaveProperty('metadata.index')
    }
    expect(await lines(diff(engine, 'photos'))).toEqual(['changed a/c'])
  })

  it('tells how far it is in both, though nothing differs, by their indexes and without them', async () => {
    await using engine = await testEngine()
    const archive = join(engine.directory, 'music.tgz')
    await writeFile(archive, gzipSync(new Uint8Array(1024)))
    for (let day = 1; day <= 2; day++) {
      await backUp(engine, { a: '1' })
      expect(await backup(engine, archive, { name: 'music' })).not.toHaveProperty('metadata.index')
    }
    for (const filename of ['photos', 'music']) {
      const bytesTotal = engine.catalog.find({ filename }).reduce((sum, { size }) => sum + size, 0)
      const told: Progress[] = []
      expect(await all(engine, filename, { onProgress: (progress) => told.push(progress) })).toEqual([])
      expect(told.at(-1)).toMatchObject({ phase: 'searching', bytes: bytesTotal, bytesTotal })
    }
  })

  it('refuses an index whose entries are out of order: what it lacks at one place may come at another', async () => {
    await using engine = await testEngine()
    await backUp(engine, { a: '1' })
    await backUp(engine, { a: '1' })
    const index = engine.catalog.newest({ filename: 'photos' })!.metadata['index'] as string
    const entry = (path: string): unknown => [path, '0', 1, 0o644, '1', 0]
    const lines = [
      { bakthat_index: 1, compression: 'zstd' },
      { stored: 10, tar: 3072 },
      ...['photos/b', 'photos/a'].map(entry),
      { frames: 1, entries: 2, stored: 10, tar: 3072 },
    ]
    await engine.backend.remove(index)
    await engine.backend.put(index, single(gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))))
    await expect(all(engine, 'photos')).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringMatching('not in order'),
    })
  })

  it('says what cannot be compared', async () => {
    await using engine = await testEngine()
    await backUp(engine, { a: '1' })
    await backup(engine, single(Buffer.from('dump')), { name: 'photos.sql' })
    await storedValue(engine, 'photos.json')
    const refused = (name: string, since?: string): unknown => {
      try {
        return diff(engine, name, since === undefined ? {} : { since })
      } catch (error) {
        return error
      }
    }
    expect(refused('photos')).toMatchObject({ code: 'NOT_FOUND', hint: expect.stringMatching('--since') })
    expect(refused('nothing')).toMatchObject({ code: 'NOT_FOUND' })
    expect(refused('photos', 'nothing')).toMatchObject({ code: 'NOT_FOUND' })
    expect(refused('photos', 'photos.sql')).toMatchObject({ code: 'INVALID_INPUT' })
    expect(refused('photos.json', 'photos')).toMatchObject({ code: 'INVALID_INPUT' })
    await backUp(engine, { a: '1' })
    await expect(all(engine, 'photos', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})

/** Whether a path is a directory of a tree that is told by its files. */
function directoryIn(files: readonly (readonly [string, string])[], path: string): boolean {
  return files.some(([other]) => other.startsWith(`${path}/`))
}
