import { execFileSync } from 'node:child_process'
import { appendFile, chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, remove, restore, verify, type BackupOptions, type BackupResult } from '@bakthat/core'
import { generateIdentity } from '@bakthat/crypto'
import { createEvents, type EventMap } from '@bakthat/events'
import { BakthatError } from '@bakthat/errors'
import { openLocal } from '@bakthat/local'
import { coldBackend, memoryBackend } from '@bakthat/storage-testing'
import { altered, describeTree, makeTree, testEngine, type TestEngine } from './engine.js'

interface Site extends TestEngine {
  readonly tree: string
  /** Backs the tree up a minute after the last time, if it was changed. */
  readonly again: (options?: BackupOptions) => Promise<BackupResult>
}

async function site(overrides: Parameters<typeof testEngine>[0] = {}): Promise<Site> {
  // Ahead of the file system's, as if nothing had been touched for a while.
  let now = Date.now() + 60_000
  const engine = await testEngine({ now: () => new Date(now), ...overrides })
  const tree = await makeTree(join(engine.directory, 'site'))
  const again: Site['again'] = (options) => {
    now += 60_000
    return backup(engine, tree, { ifChanged: true, ...options })
  }
  return Object.assign(engine, { tree, again })
}

describe('a backup if there were changes', () => {
  it('is the newest one where there were none, and the next where there were', async () => {
    await using engine = await site()
    const { tree, again, catalog } = engine
    const first = await again()
    expect(first).not.toHaveProperty('unchanged')
    const second = await again()
    expect(second).toMatchObject({
      ...{ id: first.id, storedFilename: first.storedFilename, unchanged: true, warnings: [] },
      ...{ entries: first.entries, files: first.files, bytesRead: first.bytesRead },
    })
    expect(catalog.find()).toHaveLength(1)
    await appendFile(join(tree, 'hello.txt'), 'more')
    const third = await again()
    expect(third).not.toHaveProperty('unchanged')
    await restore(engine, third.storedFilename, { to: join(engine.directory, 'to') })
    expect(await describeTree(join(engine.directory, 'to', 'site'))).toEqual(await describeTree(tree))
    expect(await again()).toMatchObject({ id: third.id, unchanged: true })
    expect(await verify(engine)).toMatchObject([{ outcome: 'contents' }, { outcome: 'contents' }])
  })

  it('is announced like any other', async () => {
    const events = createEvents()
    const told: EventMap['on_backup'][] = []
    events.on('on_backup', (event) => void told.push(event))
    await using engine = await site({ events })
    const { id } = await engine.again()
    await engine.again()
    expect(told).toMatchObject([{ result: { id } }, { result: { id, unchanged: true } }])
    expect(told[0]!.result).not.toHaveProperty('unchanged')
  })

  const identity = generateIdentity()
  it.each<[string, BackupOptions]>([
    ['tags', { tags: ['weekly'] }],
    ['compression', { compression: { format: 'gzip' } }],
    ['patterns that leave something out', { exclude: ['*.bin'] }],
    ['a password', { encryption: { passphrase: 'tangerine' } }],
    ['another name', { name: 'web' }],
  ])('is made where it would have %s that the newest one has not', async (_, options) => {
    await using engine = await site()
    await engine.again()
    const made = await engine.again(options)
    expect(made).not.toHaveProperty('unchanged')
    expect(await engine.again(options)).toMatchObject({ id: made.id, unchanged: true })
    expect((await engine.again()).unchanged).toBe(options.name === undefined ? undefined : true)
  })

  it('is made where it would be encrypted to other recipients', async () => {
    await using engine = await site()
    const { recipient } = await identity
    const encryption = { recipients: [recipient] }
    const first = await engine.again({ encryption })
    expect(await engine.again({ encryption })).toMatchObject({ id: first.id, unchanged: true })
    const others = { recipients: [recipient, (await generateIdentity()).recipient] }
    expect(await engine.again({ encryption: others })).not.toHaveProperty('unchanged')
  })

  it('is made where the newest one was made without looking, or is to be removed', async () => {
    await using engine = await site()
    await backup(engine, engine.tree)
    const { id } = await engine.again()
    expect(engine.catalog.find()).toHaveLength(2)
    engine.catalog.deferDeletion(id, new Date(8e12))
    expect(await engine.again()).not.toHaveProperty('unchanged')
  })

  it('is made where the newest one was locked, and is so no longer', async () => {
    await using engine = await site()
    const { id, metadata } = await engine.again()
    const lockedUntil = (seconds: number): void =>
      void engine.catalog.describe(id, { ...metadata, locked_until: seconds })
    lockedUntil(8e9)
    expect(await engine.again()).toMatchObject({ id, unchanged: true })
    lockedUntil(1e9)
    expect(await engine.again()).not.toHaveProperty('unchanged')
  })

  it('is made where the store has the newest one no more, or another in its place', async () => {
    await using engine = await site()
    const store = join(engine.directory, 'store')
    const local = { ...engine, backend: openLocal(store) }
    const options = { ifChanged: true, exclude: ['nothing'] }
    const first = await backup(local, engine.tree, options)
    expect(await backup(local, engine.tree, options)).toMatchObject({ unchanged: true })
    await writeFile(join(store, first.storedFilename), 'something else')
    const second = await backup(local, engine.tree, options)
    expect(second).not.toHaveProperty('unchanged')
    await rm(join(store, second.storedFilename))
    expect(await backup(local, engine.tree, options)).not.toHaveProperty('unchanged')
  })

  it.each([
    ['takes hours to say', () => coldBackend(memoryBackend(), { listing: 'deferred' })],
    ['does not let these credentials ask', () => altered(memoryBackend(), { stat: refused })],
  ])('is made, and the reason told, where the store %s whether it has the newest one', async (_, backend) => {
    await using engine = await site({ backend: backend() })
    const { storedFilename } = await engine.again()
    const notices: string[] = []
    expect(await engine.again({ onNotice: (notice) => notices.push(notice) })).not.toHaveProperty('unchanged')
    expect(notices).toEqual([
      expect.stringMatching(`nothing was changed, but .* cannot say that it still has ${storedFilename}`),
    ])
  })

  it('is made after one that lacks something', async () => {
    await using engine = await site()
    const { id, metadata } = await engine.again()
    engine.catalog.describe(id, { ...metadata, incomplete: 1 })
    expect(await engine.again()).not.toHaveProperty('unchanged')
  })

  it('is made, and lacks it, where something new cannot be packed', async () => {
    await using engine = await site()
    const deepen = (from: number, to: number): void => {
      const dig = `for (let i = 0; i < ${to}; i++) { if (i >= ${from}) fs.mkdirSync('d'); process.chdir('d') }`
      execFileSync(process.execPath, ['-e', dig], { cwd: engine.tree })
    }
    try {
      deepen(0, 2047)
      const { id, warnings } = await engine.again()
      expect(warnings).toEqual([])
      expect(await engine.again()).toMatchObject({ id, unchanged: true })
      deepen(2047, 2048)
      const made = await engine.again()
      expect(made).not.toHaveProperty('unchanged')
      expect(made.warnings).toMatchObject([{ incomplete: true }])
    } finally {
      execFileSync('rm', ['-rf', engine.tree])
    }
  })

  it('says once what is left out, and nothing where none is made', async () => {
    await using engine = await site()
    await writeFile(join(engine.tree, '.gitignore'), '*.bin')
    const notices: string[] = []
    const onNotice = (notice: string): void => void notices.push(notice)
    await engine.again({ onNotice })
    expect(notices).toEqual([expect.stringContaining('.gitignore')])
    await engine.again({ onNotice })
    expect(notices).toHaveLength(1)
  })

  it('is made of what was changed just now, as often as it is asked for', async () => {
    await using engine = await site({ now: () => new Date() })
    await engine.again()
    await engine.again()
    expect(engine.catalog.find()).toHaveLength(2)
  })

  it('is refused of a stream, before it is read', async () => {
    await using engine = await site()
    async function* bytes(): AsyncGenerator<Uint8Array> {
      throw new Error('read')
      yield new Uint8Array()
    }
    await expect(backup(engine, bytes(), { name: 'dump', ifChanged: true })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      hint: expect.stringContaining('--if-changed'),
    })
  })

  it('is no reason to keep a backup that is deleted', async () => {
    await using engine = await site()
    await engine.again()
    await remove(engine, 'site')
    expect(await engine.again()).not.toHaveProperty('unchanged')
  })

  it('of one file looks at that file', async () => {
    await using engine = await site()
    const file = join(engine.tree, 'hello.txt')
    const { id } = await backup(engine, file, { ifChanged: true })
    await mkdir(join(engine.tree, 'beside'))
    expect(await backup(engine, file, { ifChanged: true })).toMatchObject({ id, unchanged: true })
    await chmod(file, 0o600)
    expect(await backup(engine, file, { ifChanged: true })).not.toHaveProperty('unchanged')
  })
})

const refused = (): Promise<never> => Promise.reject(new BakthatError('PERMISSION_DENIED', 'not allowed to look'))
