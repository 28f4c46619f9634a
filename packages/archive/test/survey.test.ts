import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { pack, survey } from '@bakthat/archive'
import { packed, withDirectory } from './pack-support.js'

const cacheTag = 'Signature: 8a477f597d28d172789f06886806bc55'

describe('a survey', () => {
  it('counts what packing stores, whatever the tree and the patterns', () => {
    const name = fc.constantFrom('a', 'b.log', 'c', 'd d', 'é')
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
    const tree = fc.dictionary(path, fc.oneof(fc.string(), fc.constantFrom('link', 'directory', 'twins')))
    const patterns = fc.array(fc.constantFrom('*.log', 'a/', '/c', '!a/b.log', 'd d', '**/a/c'), { maxLength: 3 })
    const check = fc.asyncProperty(tree, patterns, (files, exclude) =>
      withDirectory(async (directory) => {
        for (const [file, kind] of Object.entries(files)) write(directory, file, kind)
        const found = await survey({ path: directory, exclude })
        const { entries, files: count, bytesRead, warnings } = await packed({ path: directory, exclude })
        expect(found).toMatchObject({ entries, files: count, bytes: bytesRead, warnings })
      }),
    )
    return fc.assert(check, { seed: 3, numRuns: 60 })
  })

  it('tells what was left out, by which of the patterns, and nothing of what lies below it', () =>
    withDirectory(async (directory) => {
      for (const file of ['kept', 'a.log', 'keep.log', 'build/deep/x', 'src/b.log']) write(directory, file, file)
      const exclude = ['*.log', '!keep.log', '# a comment', '/build/']
      const { leftOut, moreLeftOut, files } = await survey({ path: directory, name: 't', exclude })
      expect(leftOut).toEqual([
        { path: 't/a.log', reason: 'pattern', pattern: '*.log' },
        { path: 't/build/', reason: 'pattern', pattern: '/build/' },
        { path: 't/src/b.log', reason: 'pattern', pattern: '*.log' },
      ])
      expect({ moreLeftOut, files }).toEqual({ moreLeftOut: 0, files: 2 })
    }))

  it('tells of caches whose contents are left out, but not of what was to be omitted', () =>
    withDirectory(async (directory) => {
      for (const file of ['cache/x', 'store/y', 'z']) write(directory, file, file)
      writeFileSync(join(directory, 'cache/CACHEDIR.TAG'), cacheTag)
      const options = { path: directory, name: 't', excludeCaches: true, omit: [join(directory, 'store')] }
      expect(await survey(options)).toMatchObject({
        leftOut: [{ path: 't/cache/', reason: 'cache' }],
        files: 2,
        bytes: cacheTag.length + 1,
      })
    }))

  it('escapes paths for people', () =>
    withDirectory(async (directory) => {
      write(directory, 'a\nb', 'x')
      const { leftOut } = await survey({ path: directory, name: 't', exclude: ['a*'] })
      expect(leftOut).toMatchObject([{ path: 't/a\\nb' }])
    }))

  it('keeps 10,000 things that are left out, and counts the rest', () =>
    withDirectory(async (directory) => {
      for (let number = 0; number < 10_003; number++) writeFileSync(join(directory, `${number}`), '')
      const found = await survey({ path: directory, exclude: ['*'] })
      expect(found).toMatchObject({ entries: 1, files: 0, moreLeftOut: 3 })
      expect(found.leftOut).toHaveLength(10_000)
    }))

  it('warns of what packing would warn of', () =>
    withDirectory(async (directory) => {
      const server = createServer().listen(join(directory, 'socket'))
      try {
        const { warnings } = await survey({ path: directory, name: 't' })
        expect(warnings).toMatchObject([{ code: 'skipped', path: 't/socket', incomplete: false }])
        expect((await packed({ path: directory, name: 't' })).warnings).toEqual(warnings)
      } finally {
        await new Promise((resolve) => server.close(resolve))
      }
    }))

  it('says how far it is, and stops when it is told to', () =>
    withDirectory(async (directory) => {
      for (let number = 0; number < 4500; number++) writeFileSync(join(directory, `${number}`), 'x')
      const told: number[] = []
      await survey({ path: directory, onProgress: ({ files, bytesFound }) => told.push(files, bytesFound) })
      expect(told).toEqual([1999, 1999, 3999, 3999])
      const controller = new AbortController()
      const onProgress = (): void => controller.abort()
      const stopped = survey({ path: directory, signal: controller.signal, onProgress })
      await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' })
      await expect(survey({ path: directory, signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'INTERRUPTED',
      })
    }))

  it.each([
    ['/no/such/path', 'INVALID_INPUT'],
    ['', 'INVALID_INPUT'],
  ])('of %j is refused as packing refuses it', async (path, code) => {
    await expect(survey({ path })).rejects.toMatchObject({ code })
    await expect(pack({ path }).bytes[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code })
  })
})

describe('the fingerprint of a survey', () => {
  /** By a clock that is past what was written just now. */
  const later = (): Date => new Date(Date.now() + 3000)
  const fingerprint = async (path: string, exclude: readonly string[] = []): Promise<string | undefined> =>
    (await survey({ path, exclude, now: later })).fingerprint

  function plant(directory: string): void {
    for (const file of ['a', 'b', 'sub/c', 'out.tmp']) write(directory, file, file)
    symlinkSync('a', join(directory, 'link'))
  }

  it('stays the same while nothing is changed, also by what is left out', () =>
    withDirectory(async (directory) => {
      plant(directory)
      const before = await fingerprint(directory, ['*.tmp'])
      expect(before).toMatch(/^[0-9a-f]{64}$/)
      expect(await fingerprint(directory, ['*.tmp'])).toBe(before)
      write(directory, 'sub/more.tmp', 'more')
      rmSync(join(directory, 'out.tmp'))
      expect(await fingerprint(directory, ['*.tmp'])).toBe(before)
    }))

  it.each<[string, (directory: string) => void]>([
    ['a file is longer', (directory) => truncateSync(join(directory, 'a'), 100)],
    ['a file is written again with as many bytes', (directory) => writeFileSync(join(directory, 'a'), 'x')],
    ['a time is set', (directory) => utimesSync(join(directory, 'sub/c'), 1, 1)],
    ['a mode is set', (directory) => chmodSync(join(directory, 'sub'), 0o700)],
    ['a file is added', (directory) => writeFileSync(join(directory, 'sub/new'), '')],
    ['a file is gone', (directory) => rmSync(join(directory, 'b'))],
    ['a file has another name', (directory) => renameSync(join(directory, 'b'), join(directory, 'B'))],
    ['files have exchanged their names', exchange],
    ['a link leads elsewhere', relink],
    [
      'a directory is a file',
      (directory) => {
        rmSync(join(directory, 'sub'), { recursive: true })
        write(directory, 'sub', '')
      },
    ],
  ])('is another one where %s', (_, change) =>
    withDirectory(async (directory) => {
      plant(directory)
      const before = await fingerprint(directory)
      change(directory)
      expect(await fingerprint(directory)).not.toBe(before)
    }),
  )

  it('is not told of what was changed just now, and might be once more', () =>
    withDirectory(async (directory) => {
      plant(directory)
      expect(await survey({ path: directory })).not.toHaveProperty('fingerprint')
      expect(await fingerprint(directory)).toBeDefined()
    }))
})

function exchange(directory: string): void {
  renameSync(join(directory, 'a'), join(directory, 'spare'))
  renameSync(join(directory, 'b'), join(directory, 'a'))
  renameSync(join(directory, 'spare'), join(directory, 'b'))
}

function relink(directory: string): void {
  rmSync(join(directory, 'link'))
  symlinkSync('b', join(directory, 'link'))
}

/** Makes the directories on the way; what is in the way already stays. */
function write(root: string, path: string, kind: string): void {
  const full = join(root, path)
  try {
    mkdirSync(join(full, '..'), { recursive: true })
    if (kind === 'directory') mkdirSync(full)
    else if (kind === 'link') symlinkSync('.', full)
    else writeFileSync(full, kind)
    if (kind === 'twins') linkSync(full, `${full}.log`)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTDIR' && code !== 'EEXIST' && code !== 'EISDIR') throw error
  }
}
