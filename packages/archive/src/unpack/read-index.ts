import { setImmediate } from 'node:timers/promises'
import { BakthatError } from '@bakthat/errors'
import { indexVersion } from '../pack/archive-index.js'
import { toByteString } from '../paths/byte-string.js'
import { parsePaxTime } from '../tar/decode-pax.js'
import { blockSize, typeFlags } from '../tar/encode-header.js'
import { decompress } from '../stream/decompress.js'
import type { Bytes } from '../types.js'
import { ByteSource } from './byte-source.js'
import type { IndexedEntry, IndexedFrame } from './contract.js'
import { isGzipMember } from './gzip-members.js'

/** Longer than two paths can make it. */
const longestLine = 4 << 20

/** Bytes of tar, far more than frames have. */
const largestFrame = 256 << 20

/**
 * What an index tells of its archive, frame by frame, in the order of the archive. Only one that was read to its end is whole.
 * Memory does not grow with its size.
 *
 * Throws `INTEGRITY` for what is damaged, cut off or no index, `UNSUPPORTED` for one of a later format, `INTERRUPTED`, and
 * errors of `bytes` as they are.
 */
export async function* readIndex(
  bytes: Bytes,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<IndexedFrame> {
  const reading = new IndexReading()
  for await (const line of linesOf(bytes, signal)) {
    const frame = reading.add(parsed(line))
    if (frame !== undefined) yield frame
  }
  const last = reading.end()
  if (last !== undefined) yield last
}

/** Puts the lines of an index together. */
class IndexReading {
  #frame: (Omit<IndexedFrame, 'entries'> & { readonly entries: IndexedEntry[] }) | undefined
  #hasBegun = false
  #hasEnded = false
  #frames = 0
  #entries = 0
  #stored = 0
  #tar = 0

  /** Takes a line; gives the frame that it shows to be whole. */
  add(line: unknown): IndexedFrame | undefined {
    if (this.#hasEnded) throw damaged('something follows its end')
    if (!this.#hasBegun) {
      checkFirstLine(line)
      this.#hasBegun = true
      return undefined
    }
    if (!Array.isArray(line)) return this.#addObject(line)
    if (this.#frame === undefined) throw damaged('an entry stands in no frame')
    this.#frame.entries.push(entryOf(line))
    if (this.#frame.entries.length > mostEntries(this.#frame)) throw damaged('a frame of it has more entries than room')
    this.#entries++
    return undefined
  }

  /** The last frame. */
  end(): IndexedFrame | undefined {
    if (!this.#hasEnded) throw damaged('it is cut off')
    return this.#frame
  }

  #addObject(line: unknown): IndexedFrame | undefined {
    const { frames, entries, stored, tar } = isRecord(line) ? line : {}
    if (!isCount(stored) || !isCount(tar)) throw damaged('a line is none of an index')
    if (frames !== undefined) {
      this.#hasEnded = true
      if (frames === this.#frames && entries === this.#entries && stored === this.#stored && tar === this.#tar)
        return undefined
      throw damaged('its last line counts something else')
    }
    const whole = this.#frame
    this.#frame = { start: this.#stored, stored, tarSize: tar, entries: [] }
    this.#frames++
    this.#stored += stored
    this.#tar += tar
    return whole
  }
}

/** Each has a header of a block. No frame is so large that this would take the memory, whatever is said of it. */
function mostEntries({ tarSize }: Pick<IndexedFrame, 'tarSize'>): number {
  return Math.min(tarSize, largestFrame) / blockSize
}

function checkFirstLine(line: unknown): void {
  const { bakthat_index: version } = isRecord(line) ? line : {}
  if (version === indexVersion) return
  if (!isCount(version) || version < indexVersion) throw damaged('it begins otherwise')
  throw new BakthatError('UNSUPPORTED', 'the index was written by a newer version', { hint: 'update bakthat' })
}

const types = new Map(Object.entries(typeFlags).map(([type, flag]) => [flag as string, type as IndexedEntry['type']]))

/** `[path, type, size, mode, mtime, offset]`, and for links a seventh element. */
function entryOf([path, flag, size, mode, mtime, , target]: readonly unknown[]): IndexedEntry {
  const type = types.get(flag as string)
  if (type === undefined || !isCount(size) || !isCount(mode) || typeof mtime !== 'string')
    throw damaged('an entry of it is none')
  const { seconds, nanoseconds } = parsePaxTime(mtime)
  return {
    type,
    path: bytesOf(path).replace(/^\/+|\/+$/g, ''),
    ...(target !== undefined && { linkTarget: bytesOf(target) }),
    size,
    mode,
    mtimeNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
  }
}

/** The byte string of a path, which is written as text where it is UTF-8. */
function bytesOf(path: unknown): string {
  if (typeof path === 'string') return toByteString(path)
  const { bytes } = isRecord(path) ? path : {}
  if (typeof bytes === 'string' && !/[^\x00-\xff]/.test(bytes)) return bytes
  throw damaged('a path in it is none')
}

async function* linesOf(bytes: Bytes, signal: AbortSignal | undefined): AsyncGenerator<string> {
  let rest: Uint8Array = Buffer.alloc(0)
  for await (const piece of plain(bytes, signal)) {
    const text = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece])
    let start = 0
    for (let end = text.indexOf(0x0a); end >= 0; end = text.indexOf(0x0a, start)) {
      yield text.toString('utf8', start, end)
      start = end + 1
    }
    rest = text.subarray(start)
    if (rest.length > longestLine) throw damaged('a line of it has no end')
  }
  if (rest.length > 0) throw damaged('it is cut off')
}

/** What is in it, by the compression that its first bytes tell. */
async function* plain(bytes: Bytes, signal: AbortSignal | undefined): Bytes {
  const source = new ByteSource(bytes, signal)
  try {
    const format = isGzipMember(Buffer.from(await source.peek(2))) ? 'gzip' : 'zstd'
    for await (const piece of decompress(source.rest(), format, { workers: 0 })) {
      yield piece
      // An index of a million entries may all be there: meanwhile nobody would hear of a signal.
      await setImmediate()
      source.throwIfAborted()
    }
  } finally {
    await source.close()
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw damaged('a line of it is no JSON')
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function damaged(how: string): BakthatError {
  return new BakthatError('INTEGRITY', `the index is damaged: ${how}`, {
    hint: 'the archive can be read without it: restore all of it',
  })
}
