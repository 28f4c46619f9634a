import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { extract, type Bytes, type ExtractOptions } from '@bakthat/archive'
import { packed, withDirectory } from './pack-support.js'
import {
  chunked,
  endOfArchive,
  entry,
  expectSameTree,
  extractInto,
  openFiles,
  refusal,
  refused,
} from './unpack-support.js'

/** Enough for a thread: an archive is restored in the caller's own up to four MiB. */
const manyFiles = Array.from({ length: 60 }, (_, i) =>
  entry({ name: `top/${i % 7}/${i}`, body: Buffer.alloc(200_000, `${i} `) }),
)

describe('an archive that is large enough for a thread of its own', () => {
  it.each(['zstd', 'gzip', 'none'] as const)('comes back as a small one does (%s)', (format) =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      for (let i = 0; i < 40; i++) {
        mkdirSync(join(source, String(i % 5)), { recursive: true })
        writeFileSync(join(source, String(i % 5), `file ${i}`), Buffer.alloc(i * 20_011, `${i} `))
      }
      const { bytes, entries, files, bytesRead } = await packed({ path: source, compression: { format } })
      const summary = await extractInto(join(directory, 'out'), bytes)
      expect(summary).toMatchObject({ entries, files, bytesWritten: bytesRead, topLevel: ['tree'], warnings: [] })
      expectSameTree(join(directory, 'out/tree'), source)
    }),
  )

  it('tells how far it is, and never backwards', () =>
    withDirectory(async (directory) => {
      const seen: number[] = []
      const onProgress: ExtractOptions['onProgress'] = ({ files }) => seen.push(files)
      await extractInto(join(directory, 'out'), Buffer.concat([...manyFiles, endOfArchive]), { onProgress })
      expect(seen.length).toBeGreaterThan(5)
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
      expect(seen.at(-1)).toBe(60)
    }))

  it.each([
    ['UNSAFE_ARCHIVE', 'leads out', entry({ name: '../x' })],
    ['UNSAFE_ARCHIVE', 'hard', entry({ name: 'hard', flag: '1', link: '../outside/secret' })],
    ['UNSUPPORTED', 'odd', entry({ name: 'odd', flag: 'Z' })],
    ['INTEGRITY', 'damaged', Buffer.alloc(512, 'garbage')],
    ['INTEGRITY', 'cut short', Buffer.alloc(0)],
  ])('is refused as a small one is: %s, %s', async (code, words, hostile) => {
    const bytes = Buffer.concat([...manyFiles, hostile])
    for (const archive of [bytes, gzipSync(bytes, { level: 1 })]) {
      const failure = await refused(archive)
      expect(failure).toMatchObject({ code, message: expect.stringContaining(words) })
      if (code !== 'UNSUPPORTED') expect(failure.hint).toBeDefined()
    }
  })

  it.each([0, 5_000_000, 11_000_000])('leaves nothing behind when it is interrupted after %d bytes', (after) =>
    withDirectory(async (directory) => {
      const stop = new AbortController()
      const archive = Buffer.concat([...manyFiles, endOfArchive])
      async function* stopping(): Bytes {
        yield* chunked(archive.subarray(0, after))
        stop.abort()
        yield* chunked(archive.subarray(after))
      }
      const { code } = await refusal(extract(stopping(), { to: join(directory, 'out'), signal: stop.signal }))
      expect(code).toBe('INTERRUPTED')
      expect(readdirSync(directory)).toEqual([])
      expect(openFiles(directory)).toEqual([])
    }),
  )

  it('replaces what is in the way only when it has ended well', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'top'))
      writeFileSync(join(directory, 'top/mine'), 'mine')
      const cut = Buffer.concat(manyFiles)
      expect(await refusal(extractInto(directory, cut, { overwrite: true }))).toMatchObject({ code: 'INTEGRITY' })
      expect(readFileSync(join(directory, 'top/mine'), 'utf8')).toBe('mine')
      await extractInto(directory, Buffer.concat([cut, endOfArchive]), { overwrite: true })
      expect(readdirSync(directory)).toEqual(['top'])
      expect(readdirSync(join(directory, 'top')).sort()).toEqual(['0', '1', '2', '3', '4', '5', '6'])
    }))
})
