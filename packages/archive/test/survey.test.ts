import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
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
