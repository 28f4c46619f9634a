import { ZstdFrameScanner } from '../compression/zstd-frame-scanner.js'
import type { Bytes } from '../types.js'

/** One whole zstd frame that says how large it becomes. */
export interface CutFrame {
  /** In a buffer of its own, so that it can be handed to another thread. */
  readonly frame: Uint8Array<ArrayBuffer>
  readonly contentSize: number
}

/** What a stream of zstd frames was cut into: frames while they are small and say their size, then all the rest at once. */
export type Cut = CutFrame | { readonly rest: Bytes }

/** Frames up to this size, compressed or not, are worth a thread; ours hold two to four MiB. */
const largestFrame = 16 << 20

/**
 * Cuts a zstd stream into frames that can be decompressed independently. The first frame that is too large, or does not say
 * how large it is, ends the cutting: it and what follows come as one `rest`. Throws `INTEGRITY` for what is not zstd.
 */
export async function* cutZstdFrames(bytes: Bytes): AsyncGenerator<Cut> {
  const iterator = bytes[Symbol.asyncIterator]()
  const scanner = new ZstdFrameScanner()
  let held: Uint8Array[] = []
  let heldSize = 0
  try {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      let start = 0
      while (start < next.value.length) {
        const end = scanner.scan(next.value, start)
        held.push(next.value.subarray(start, end))
        heldSize += end - start
        start = end
        if (heldSize > largestFrame) {
          yield { rest: joined([...held, next.value.subarray(start)], iterator) }
          return
        }
        if (!scanner.atFrameEnd) continue
        const frame = whole(held, heldSize)
        const contentSize = isSkippable(frame) ? 0 : contentSizeOf(frame)
        if (contentSize === undefined || contentSize > largestFrame) {
          yield { rest: joined([frame, next.value.subarray(start)], iterator) }
          return
        }
        if (!isSkippable(frame)) yield { frame, contentSize }
        held = []
        heldSize = 0
      }
    }
    // A frame that is cut short: the decompressor says so.
    if (heldSize > 0) yield { rest: joined(held, iterator) }
  } finally {
    await iterator.return?.()
  }
}

function whole(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    frame.set(part, at)
    at += part.length
  }
  return frame
}

async function* joined(held: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* held
  yield* { [Symbol.asyncIterator]: () => iterator }
}

/** A frame that holds something for others, and nothing of the stream (RFC 8878, 3.1.2). */
function isSkippable({ buffer }: Uint8Array<ArrayBuffer>): boolean {
  return Buffer.from(buffer).readUInt32LE(0) !== 0xfd2fb528
}

/** The frame's own word on how large it becomes (RFC 8878, 3.1.1.1.4); `undefined` without one. */
function contentSizeOf({ buffer }: Uint8Array<ArrayBuffer>): number | undefined {
  const frame = Buffer.from(buffer)
  const descriptor = frame[4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const at = 5 + (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!
  switch (descriptor >> 6) {
    case 0:
      return isSingleSegment ? frame[at] : undefined
    case 1:
      return frame.readUInt16LE(at) + 256
    case 2:
      return frame.readUInt32LE(at)
    default:
      return Number(frame.readBigUInt64LE(at))
  }
}
