import { linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { has, packed, run, withDirectory } from './pack-support.js'

const judged = has('zstd') && has('tar') ? it : it.skip

interface Frame {
  readonly stored: number
  readonly tar: number
}

type Path = string | { readonly bytes: string }
type Entry = [path: Path, type: string, size: number, mode: number, mtime: string, offset: number, target?: Path]

function parse(index: Uint8Array): { first: unknown; last: unknown; frames: (Frame & { entries: Entry[] })[] } {
  const lines = run('zstd', ['-dc'], index).toString().trim().split('\n')
  const values = lines.map((line) => JSON.parse(line) as Frame | Entry)
  const frames: (Frame & { entries: Entry[] })[] = []
  for (const value of values.slice(1, -1)) {
    if (Array.isArray(value)) frames.at(-1)!.entries.push(value)
    else frames.push({ ...value, entries: [] })
  }
  return { first: values[0], last: values.at(-1), frames }
}

describe('the index', () => {
  judged('finds every entry by decompressing its frame alone', () =>
    withDirectory(async (directory) => {
      for (let i = 0; i < 40; i++)
        writeFileSync(join(directory, `f${i}`), Buffer.alloc(i * 10_000, `contents of ${i} `))
      writeFileSync(join(directory, 'big'), Buffer.alloc(7_000_000, 'big '))
      const { bytes, index, entries, tarSize } = await packed({ path: directory, name: 't' })
      const { first, last, frames } = parse(index)
      expect(first).toEqual({ bakthat_index: 1, compression: 'zstd' })
      expect(last).toEqual({ frames: frames.length, entries, stored: bytes.length, tar: tarSize })
      const found = new Map<unknown, string>()
      let position = 0
      for (const { stored, tar, entries: inFrame } of frames) {
        const frame = run('zstd', ['-dc'], bytes.subarray(position, position + stored))
        expect(frame.length).toBe(tar)
        position += stored
        for (const [path, , size, , , offset] of inFrame) {
          const ended = Buffer.concat([frame.subarray(offset, offset + 1024 + 512 + size), Buffer.alloc(2048)])
          if (size > 0 && size < 1e6)
            found.set(path, run('tar', ['-xOf', '-', '--occurrence=1', path as string], pad(ended)).toString())
        }
      }
      expect(position).toBe(bytes.length)
      expect(found.size).toBe(39)
      for (const [path, text] of found) {
        const number = Number(String(path).slice(3))
        expect(text).toBe(Buffer.alloc(number * 10_000, `contents of ${number} `).toString())
      }
    }),
  )

  judged('tells type, size, mode, time and target of every kind of entry', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, 'sub'), { mode: 0o750 })
      writeFileSync(join(directory, 'file'), 'twelve bytes', { mode: 0o640 })
      linkSync(join(directory, 'file'), join(directory, 'hard'))
      symlinkSync('nowhere "quoted"', join(directory, 'soft'))
      writeFileSync(Buffer.concat([Buffer.from(`${directory}/x`), Buffer.from([0xff])]), '')
      utimesSync(join(directory, 'file'), 1_000_000_000.5, 1_000_000_000.5)
      utimesSync(join(directory, 'sub'), 7, 7)
      const { index } = await packed({ path: directory, name: 'é' })
      const entries = parse(index).frames.flatMap((frame) => frame.entries)
      expect(entries.map(([path]) => path)).toEqual(['é/', 'é/file', 'é/hard', 'é/soft', 'é/sub/', { bytes: 'Ã©/xÿ' }])
      expect(entries[1]).toEqual(['é/file', '0', 12, 0o640, '1000000000.500000000', expect.any(Number)])
      expect(entries[2]!.slice(1, 4)).toEqual(['1', 0, 0o640])
      expect(entries[2]![6]).toBe('é/file')
      expect(entries[3]![6]).toBe('nowhere "quoted"')
      expect(entries[4]!.slice(1, 5)).toEqual(['5', 0, 0o750, '7'])
    }),
  )
})

/** Whole blocks, so that tar does not complain. */
function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}
