import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { backup, entries, find, type FindOptions, type Progress } from '@bakthat/core'
import { generateIdentity, type KeyPair } from '@bakthat/crypto'
import { single } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'
import { altered, testEngine, type TestEngine } from './engine.js'
import { storedValue } from './stored.js'

let pair: KeyPair
beforeAll(async () => {
  pair = await generateIdentity()
})

const days = ['2026-03-16', '2026-03-17', '2026-03-18'].map((day) => new Date(`${day}T03:00:00Z`))

/** An engine with a backup of `photos` of each of three days: a picture that stays, one that changes on the last, one that goes. */
async function threeDays(options: Parameters<typeof backup>[2] = {}): Promise<TestEngine> {
  const engine = await testEngine()
  const tree = join(engine.directory, 'photos')
  await mkdir(join(tree, '2026', 'raw'), { recursive: true })
  const write = async (path: string, text: string, at: number): Promise<void> => {
    await writeFile(join(tree, path), text)
    await utimes(join(tree, path), at, at)
  }
  await write('2026/beach.jpg', 'sand', 1000)
  await write('2026/raw/beach.raw', 'raw sand', 1000)
  await write('sky.jpg', 'blue', 1000)
  for (const [day, now] of days.entries()) {
    if (day === 1) await rm(join(tree, 'sky.jpg'))
    if (day === 2) await write('2026/beach.jpg', 'sand and sea', 2000)
    await backup({ ...engine, now: () => now }, tree, options)
  }
  return engine
}

/** What was found, as `path size: days`. */
async function finds(engine: TestEngine, patterns: readonly string[], options?: FindOptions): Promise<string[]> {
  const { found, unsearched } = await find(engine, patterns, options)
  expect(unsearched).toEqual([])
  return found.map(({ path, size, backups }) => {
    return `${path} ${size}: ${backups.map(({ backupDate }) => backupDate.getUTCDate()).join(' ')}`
  })
}

describe('finding a file in backups', () => {
  it.each(['#notes', '!notes', '', ' '])('refuses %p, which in a .gitignore means no file', async (pattern) => {
    await using engine = await threeDays()
    await expect(find(engine, ['*.jpg', pattern])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('tells each of its states, and which backups have it so', async () => {
    await using engine = await threeDays()
    expect(await finds(engine, ['beach.jpg'])).toEqual([
      'photos/2026/beach.jpg 4: 16 17',
      'photos/2026/beach.jpg 12: 18',
    ])
    expect(await finds(engine, ['sky.jpg'])).toEqual(['photos/sky.jpg 4: 16'])
    expect(await finds(engine, ['nothing'])).toEqual([])
  })

  it('takes patterns as those of .gitignore, by the paths in the archive', async () => {
    await using engine = await threeDays()
    const paths = async (...patterns: string[]): Promise<string[]> => [
      ...new Set((await find(engine, patterns)).found.map(({ path }) => path)),
    ]
    expect(await paths('*.jpg')).toEqual(['photos/2026/beach.jpg', 'photos/sky.jpg'])
    expect(await paths('/photos/*.jpg')).toEqual(['photos/sky.jpg'])
    expect(await paths('photos/2026/*.jpg')).toEqual(['photos/2026/beach.jpg'])
    expect(await paths('**/raw/*')).toEqual(['photos/2026/raw/beach.raw'])
    expect(await paths('beach.*', '\\!beach.raw')).toEqual(['photos/2026/beach.jpg', 'photos/2026/raw/beach.raw'])
    expect(await paths('sky.jpg/')).toEqual([])
  })

  it('tells a directory alone, and what else is meant below it', async () => {
    await using engine = await threeDays()
    const paths = (await find(engine, ['2026/', '*.raw'])).found.map(({ path }) => path)
    expect([...new Set(paths)]).toEqual(['photos/2026', 'photos/2026/raw/beach.raw'])
  })

  it('can be in the backups of one name, or in a certain one', async () => {
    await using engine = await threeDays({ name: 'weekly' })
    await backup(engine, join(engine.directory, 'photos', '2026'), { name: 'daily' })
    expect(await finds(engine, ['*.raw'], { name: 'weekly' })).toEqual(['photos/2026/raw/beach.raw 8: 16 17 18'])
    expect(await finds(engine, ['*.raw'], { name: 'daily' })).toEqual(['2026/raw/beach.raw 8: 18'])
    const stored = engine.catalog.find({ filename: 'weekly' })[1]!.storedFilename
    expect(await finds(engine, ['*.raw'], { name: stored })).toEqual(['photos/2026/raw/beach.raw 8: 17'])
    await expect(find(engine, ['*.raw'], { name: 'week' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await backup(engine, single(Buffer.from('dump')), { name: 'dump.sql' })
    await expect(find(engine, ['*.raw'], { name: 'dump.sql' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('gives paths by which they can be listed and restored', async () => {
    await using engine = await testEngine()
    const tree = join(engine.directory, 'photos')
    await mkdir(tree)
    await writeFile(join(tree, 'new\nline'), '')
    await backup(engine, tree)
    const [found] = (await find(engine, ['*line'])).found
    expect(found).toMatchObject({ path: 'photos/new\\nline', type: 'file', size: 0 })
    const listed: unknown[] = []
    for await (const entry of entries(engine, 'photos', { only: [found!.path] })) listed.push(entry)
    expect(listed).toEqual([{ ...found, backups: undefined }])
  })

  it('reads no archive, asks for nothing out of cold storage, and passes over what holds no files', async () => {
    const asked: unknown[] = []
    const inner = memoryBackend()
    const backend = altered(inner, {
      retrieve: (locator, options) => {
        asked.push([locator, options?.begin])
        return inner.retrieve(locator, options)
      },
    })
    await using engine = await testEngine({ backend })
    await mkdir(join(engine.directory, 'photos'))
    await backup(engine, join(engine.directory, 'photos'))
    await backup(engine, single(Buffer.from('dump')), { name: 'photos.sql' })
    await storedValue(engine, 'photos.json')
    asked.length = 0
    expect(await find(engine, ['photos*'])).toMatchObject({ searched: 1, found: [{ path: 'photos' }], unsearched: [] })
    const nothingBegun = false
    expect(asked).toEqual([[expect.stringMatching(/^\.bakthat\/indexes\//), nothingBegun]])
  })

  it('names the backups that it cannot look into, and goes on', async () => {
    await using engine = await threeDays({ encryption: { recipients: [pair.recipient] } })
    const tree = join(engine.directory, 'photos')
    await backup(engine, tree, { name: 'open' })
    expect(await find(engine, ['beach.jpg'])).toMatchObject({
      searched: 4,
      found: [{ path: 'photos/2026/beach.jpg', backups: [{ filename: 'open' }] }],
      unsearched: days.map((backupDate) => ({ backup: { backupDate }, problem: { code: 'WRONG_KEY' } })),
    })
    const keys = { identities: [pair.identity] }
    const [, second, third] = engine.catalog
      .find({ filename: 'photos' })
      .map(({ metadata }) => metadata['index'] as string)
    await engine.backend.remove(second!)
    await engine.backend.remove(third!)
    await engine.backend.put(third!, single(Buffer.from('no index')))
    expect(await find(engine, ['beach.jpg'], { keys })).toMatchObject({
      found: [
        { size: 4, backups: [{ backupDate: days[0] }] },
        { size: 12, backups: [{ filename: 'open' }] },
      ],
      unsearched: [
        { backup: { backupDate: days[1] }, problem: { code: 'NOT_FOUND' } },
        { backup: { backupDate: days[2] }, problem: { code: 'INTEGRITY' } },
      ],
    })
  })

  it('tells how far it is, can be interrupted, and fails where the store does', async () => {
    await using engine = await threeDays()
    const progress: Progress[] = []
    await find(engine, ['*'], { onProgress: (state) => progress.push(state) })
    const sizes = engine.catalog.find().map(({ size }) => size)
    const bytesTotal = sizes.reduce((sum, size) => sum + size)
    expect(progress).toHaveLength(3)
    expect(progress.at(-1)).toMatchObject({ phase: 'searching', bytes: bytesTotal, bytesTotal })
    await expect(find(engine, ['*'], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'INTERRUPTED' })
    const offline = altered(engine.backend, { retrieve: () => Promise.reject(new Error('no network')) })
    await expect(find({ ...engine, backend: offline }, ['*'])).rejects.toThrow('no network')
  })

  it('wants patterns, in a list', async () => {
    await using engine = await testEngine()
    await expect(find(engine, [])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(find(engine, '*.jpg' as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await find(engine, ['*'])).toEqual({ searched: 0, found: [], unsearched: [] })
  })
})
