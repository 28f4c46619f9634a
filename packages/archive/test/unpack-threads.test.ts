import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { extract, type Bytes, type ExtractOptions } from '@bakthat/archive'
import { packed, run, withDirectory } from './pack-support.js'
import {
  chunked,
  cut,
  endOfArchive,
  entry,
  expectSameTree,
  extractInto,
  openFiles,
  refusal,
  refused,
  tar,
  zstdFrame,
} from './unpack-support.js'

/** Enough for a thread: an archive is restored in the caller's own up to four MiB. */
const manyFiles = Array.from({ length: 60 }, (_, i) =>
  entry({ name: `top/${i % 7}/${i}`, body: Buffer.alloc(200_000, `${i} `) }),
)

describe.each([
  ['shows to be large as it comes', {}],
  ['is known to be large beforehand', { estimatedSize: 2 ** 30, workers: 0 }],
] as const)('an archive that %s', (_, size) => {
  it.each(['zstd', 'gzip', 'none'] as const)('comes back as a small one does (%s)', (format) =>
    withDirectory(async (directory) => {
      const source = join(directory, 'tree')
      for (let i = 0; i < 40; i++) {
        mkdirSync(join(source, String(i % 5)), { recursive: true })
        writeFileSync(join(source, String(i % 5), `file ${i}`), Buffer.alloc(i * 20_011, `${i} `))
      }
      const { bytes, entries, files, bytesRead } = await packed({ path: source, compression: { format } })
      const summary = await extractInto(join(directory, 'out'), bytes, size)
      expect(summary).toMatchObject({ entries, files, bytesWritten: bytesRead, topLevel: ['tree'], warnings: [] })
      expectSameTree(join(directory, 'out/tree'), source)
    }),
  )

  it('tells how far it is, and never backwards', () =>
    withDirectory(async (directory) => {
      const seen: number[] = []
      const flushing: boolean[] = []
      const onProgress: ExtractOptions['onProgress'] = ({ files, isFlushing = false }) => {
        seen.push(files)
        flushing.push(isFlushing)
      }
      await extractInto(join(directory, 'out'), Buffer.concat([...manyFiles, endOfArchive]), { ...size, onProgress })
      expect(seen.length).toBeGreaterThan(5)
      expect(seen).toEqual([...seen].sort((a, b) => a - b))
      expect(seen.at(-1)).toBe(60)
      expect(flushing.indexOf(true)).toBe(flushing.length - 1)
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
      const failure = await refused(archive, size)
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
      const { code } = await refusal(extract(stopping(), { to: join(directory, 'out'), signal: stop.signal, ...size }))
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
      expect(await refusal(extractInto(directory, cut, { ...size, overwrite: true }))).toMatchObject({
        code: 'INTEGRITY',
      })
      expect(readFileSync(join(directory, 'top/mine'), 'utf8')).toBe('mine')
      await extractInto(directory, Buffer.concat([cut, endOfArchive]), { ...size, overwrite: true })
      expect(readdirSync(directory)).toEqual(['top'])
      expect(readdirSync(join(directory, 'top')).sort()).toEqual(['0', '1', '2', '3', '4', '5', '6'])
    }))

  it.each([
    ['one zstd frame of all', (tar: Buffer) => run('zstd', ['-c', '-q'], tar)],
    ['frames, some of them smaller than a header', (tar: Buffer) => framed(tar, [3 << 20, 100, 700_000])],
    ['frames that do not say how much they hold', (tar: Buffer) => framed(tar, [2_000_000], '--no-content-size')],
    ['frames between others that are to be skipped', (tar: Buffer) => framed(tar, [900_000], '--skippable')],
  ])('comes back from %s', (_form, compressed) =>
    withDirectory(async (directory) => {
      const summary = await extractInto(join(directory, 'out'), compressed(tar(...manyFiles)), size)
      expect(summary).toMatchObject({ files: 60, bytesWritten: 12_000_000 })
      for (let i = 0; i < 60; i++) {
        const restored = readFileSync(join(directory, `out/top/${i % 7}/${i}`))
        expect(restored.equals(Buffer.alloc(200_000, `${i} `))).toBe(true)
      }
    }),
  )

  it('fails as its source fails', () =>
    withDirectory(async (directory) => {
      const failure = new Error('the network is gone')
      const bytes = chunked(Buffer.concat(manyFiles), 65_536, failure)
      const { error } = await refusal(extract(bytes, { to: join(directory, 'out'), ...size }))
      expect(error).toBe(failure)
      expect(readdirSync(directory)).toEqual([])
    }))

  it('fails as whoever is told of its progress fails', () =>
    withDirectory(async (directory) => {
      const failure = new Error('nobody is listening')
      const onProgress = (): never => {
        throw failure
      }
      const { error } = await refusal(extractInto(join(directory, 'out'), tar(...manyFiles), { ...size, onProgress }))
      expect(error).toBe(failure)
      expect(readdirSync(directory)).toEqual([])
    }))

  describe('that is still to be fetched and decoded', () => {
    const masked = (bytes: Buffer): Buffer => bytes.map((byte) => byte ^ 0x55) as Buffer
    const decoder = {
      module: `data:text/javascript,${encodeURIComponent(`
        export async function* decode(bytes, { mask }) {
          for await (const chunk of bytes) yield new Uint8Array(chunk).map((byte) => byte ^ mask)
        }`)}`,
      data: { mask: 0x55 },
    }

    it.each(['zstd', 'none'] as const)('comes back (%s)', (format) =>
      withDirectory(async (directory) => {
        const archive = format === 'none' ? tar(...manyFiles) : framed(tar(...manyFiles), [1_000_000])
        const fetch = () => Promise.resolve({ bytes: chunked(masked(archive)), decoder })
        const summary = await extract(fetch, { to: join(directory, 'out'), ...size })
        expect(summary).toMatchObject({ files: 60, bytesWritten: 12_000_000 })
      }),
    )

    it('is not fetched into a target that will not do', () =>
      withDirectory(async (directory) => {
        let isFetched = false
        const fetch = (): Promise<never> => {
          isFetched = true
          return Promise.reject(new Error('fetched'))
        }
        writeFileSync(join(directory, 'file'), '')
        const { code } = await refusal(extract(fetch, { to: join(directory, 'file'), ...size }))
        expect({ code, isFetched }).toEqual({ code: 'INVALID_INPUT', isFetched: false })
      }))

    it('leaves nothing when it cannot be fetched, or the decoder refuses it', () =>
      withDirectory(async (directory) => {
        const failure = new Error('not now')
        const to = join(directory, 'out')
        expect((await refusal(extract(() => Promise.reject(failure), { to, ...size }))).error).toBe(failure)
        const refusing = { module: 'data:text/javascript,export function decode() { throw new Error("no") }', data: 0 }
        const encoded = () => Promise.resolve({ bytes: chunked(tar(...manyFiles)), decoder: refusing })
        expect((await refusal(extract(encoded, { to, ...size }))).message).toBe('no')
        expect(readdirSync(directory)).toEqual([])
      }))
  })
})

it('is decompressed by several threads where there are any to spare', () =>
  withDirectory(async (directory) => {
    const options = { estimatedSize: 2 ** 30, workers: 2 }
    const summary = await extractInto(join(directory, 'out'), framed(tar(...manyFiles), [1_000_000]), options)
    expect(summary).toMatchObject({ files: 60, bytesWritten: 12_000_000 })
  }))

/** Cut into frames of these sizes, over and over, each by the `zstd` command. */
function framed(bytes: Buffer, sizes: readonly number[], how?: '--no-content-size' | '--skippable'): Buffer {
  const skippable = Buffer.from('502a4d180400000001020304', 'hex')
  return Buffer.concat(
    [...cut(bytes, sizes)].flatMap((piece) => {
      const frame = zstdFrame(piece, ...(how === '--no-content-size' ? [how] : []))
      return how === '--skippable' ? [skippable, frame] : [frame]
    }),
  )
}
