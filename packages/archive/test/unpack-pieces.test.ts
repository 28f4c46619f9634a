import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { inspect } from '@bakthat/archive'
import { createCompressor } from '../dist/compression/compression.js'
import { TarReader } from '../dist/unpack/tar-reader.js'
import { withDirectory } from './pack-support.js'
import { chunked, endOfArchive, entry, extractInto, pax, tar } from './unpack-support.js'

/** More than the MiB from which on a frame is read as the piece that it is. */
const filler = entry({ name: 'filler', body: Buffer.alloc(1 << 20, 'f') })

const archive = tar(
  filler,
  entry({ flag: 'x', body: '' }),
  pax({ path: 'by records' }),
  entry({ body: 'one' }),
  entry({ name: '././@LongLink', flag: 'L', body: 'by a long name\0' }),
  entry({ body: Buffer.alloc(700, 'two') }),
  pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'holey', 'GNU.sparse.realsize': '9000' }),
  entry({ body: Buffer.concat([Buffer.from('1\n8192\n5\n'), Buffer.alloc(503), Buffer.from('three')]) }),
)

function framed(...pieces: readonly Uint8Array[]): Buffer {
  const compressor = createCompressor({ format: 'zstd' })
  return Buffer.concat(pieces.map((piece) => compressor.compress(piece)))
}

/** What a reader tells of the archive, given in two pieces that are used again for something else. */
function readInPieces(at: number): string {
  let told = ''
  const reader = new TarReader({
    entry: ({ path }) => void (told += `\n${path}: `),
    data: (bytes, start, end) => void (told += bytes.toString('latin1', start, end)),
    entryEnd: () => undefined,
  })
  for (const piece of [archive.subarray(0, at), archive.subarray(at)]) {
    const lent = Buffer.from(piece)
    reader.write(lent)
    lent.fill(0xff)
  }
  reader.end()
  return told
}

describe('an archive in frames', () => {
  it('comes back wherever one ends: in a header, records, a map of holes, what fills a block up, or the end', () =>
    withDirectory(async (directory) => {
      for (let at = filler.length; at < archive.length; at += 331) {
        const out = join(directory, String(at))
        const { warnings } = await extractInto(out, framed(archive.subarray(0, at), archive.subarray(at)))
        expect({ at, warnings }).toEqual({ at, warnings: [] })
        const contents = (name: string): string => readFileSync(join(out, name), 'latin1')
        expect(readdirSync(out).sort()).toEqual(['by a long name', 'by records', 'filler', 'holey'])
        expect(contents('by records')).toBe('one')
        expect(contents('by a long name')).toBe('two'.repeat(234).slice(0, 700))
        expect(contents('holey')).toBe(`${'\0'.repeat(8192)}three${'\0'.repeat(803)}`)
        expect(statSync(join(out, 'filler')).size).toBe(1 << 20)
      }
    }))

  it('is read without anything of a piece being kept', () => {
    const whole = readInPieces(archive.length)
    expect(whole.slice(-150)).toContain('holey: three')
    for (let at = filler.length + 1; at < archive.length; at += 53) expect(readInPieces(at) === whole).toBe(true)
  })

  it('is read to its last byte, which its size tells', async () => {
    expect(await inspect(chunked(framed(archive)))).toMatchObject({ tarSize: archive.length })
  })

  it('ends with what is too short for a block, and is told whether that is nothing', () =>
    withDirectory(async (directory) => {
      const { warnings } = await extractInto(join(directory, 'zeros'), framed(archive, Buffer.alloc(500)))
      expect(warnings).toEqual([])
      const rest = framed(archive, Buffer.from('garbage'))
      expect((await extractInto(join(directory, 'garbage'), rest)).warnings).toMatchObject([{ incomplete: true }])
      const short = framed(archive.subarray(0, -endOfArchive.length), Buffer.alloc(511))
      await expect(extractInto(join(directory, 'short'), short)).rejects.toMatchObject({ code: 'INTEGRITY' })
    }))
})
