import { BakthatError } from '@bakthat/errors'
import { ZstdFrameScanner } from '../compression/zstd-frame-scanner.js'
import type { Bytes } from '../types.js'
import type { BufferStock } from './buffer-stock.js'
import type { ByteSource } from './byte-source.js'

/** A zstd frame: whole, when it is small and says how large it becomes, else as a stream. */
export type ZstdFrame =
  | {
      /** In a buffer of its own, from the stock, so that it can be handed to another thread. */
      readonly frame: Uint8Array<ArrayBuffer>
      readonly contentSize: number
    }
  | { readonly stream: Bytes }

/** Frames up to this size, compressed or not, are worth a thread; ours hold two to four MiB. */
const largestFrame = 8 << 20

/** Decoders take that much memory for a frame, and refuse those that ask for more. */
const largestWindow = 2 ** 27

/** Magic, descriptor, window, dictionary id, content size: 4 + 1 + 1 + 4 + 8. */
const longestHeader = 18

/**
 * Cuts a zstd stream into its frames, by their headers (RFC 8878, section 3.1). Skippable frames are left out. Ends at what
 * is no frame, without consuming it. A `stream` must be read to its end before the next frame is asked for.
 */
export async function* zstdFrames(source: ByteSource, stock: BufferStock): AsyncGenerator<ZstdFrame> {
  for (;;) {
    const header = Buffer.from(await source.peek(longestHeader))
    if (!isZstdFrame(header)) return
    const { isSkippable, contentSize, windowSize } = readHeader(header)
    if (windowSize > largestWindow) throw unsupportedWindow(windowSize)
    const scanner = new ZstdFrameScanner()
    const pieces = contentSize <= largestFrame ? await collect(source, scanner) : []
    if (!scanner.atFrameEnd || pieces.length === 0) yield { stream: streamed(source, scanner, pieces) }
    else if (!isSkippable) yield { frame: joined(pieces, stock), contentSize }
  }
}

/** Whether a zstd frame begins so, or a skippable one, in which other tools put tables and comments. */
export function isZstdFrame(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0)
  return magic === zstdMagic || magic >>> 4 === skippableMagic
}

const zstdMagic = 0xfd2fb528
const skippableMagic = 0x184d2a5

interface FrameHeader {
  readonly isSkippable: boolean
  /** Infinity where the frame does not say. */
  readonly contentSize: number
  readonly windowSize: number
}

function readHeader(header: Buffer): FrameHeader {
  if (header.readUInt32LE(0) !== zstdMagic) return { isSkippable: true, contentSize: 0, windowSize: 0 }
  const descriptor = header[4] ?? 0
  const isSingleSegment = (descriptor & 0x20) !== 0
  const at = 5 + (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!
  const contentSize = readContentSize(header, at, descriptor >> 6, isSingleSegment)
  // What is cut short is found out by whoever decompresses it.
  const isShort = header.length < 6 || (isSingleSegment && contentSize === Infinity)
  return {
    isSkippable: false,
    contentSize,
    windowSize: isShort ? 0 : isSingleSegment ? contentSize : readWindowSize(header[5]!),
  }
}

/** Infinity where the frame does not say. */
function readContentSize(header: Buffer, at: number, kind: number, isSingleSegment: boolean): number {
  if ((kind === 0 && !isSingleSegment) || header.length < at + [1, 2, 4, 8][kind]!) return Infinity
  switch (kind) {
    case 0:
      return header[at]!
    case 1:
      return header.readUInt16LE(at) + 256
    case 2:
      return header.readUInt32LE(at)
    default:
      return Number(header.readBigUInt64LE(at))
  }
}

function readWindowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

/** Takes bytes to the end of the frame, or until they are more than a frame of ours has. */
async function collect(source: ByteSource, scanner: ZstdFrameScanner): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  let size = 0
  do {
    const bytes = await source.bytes()
    if (bytes.length === 0) return pieces
    const end = scanner.scan(bytes)
    pieces.push(bytes.subarray(0, end))
    source.consume(end)
    size += end
  } while (!scanner.atFrameEnd && size <= largestFrame)
  return pieces
}

async function* streamed(source: ByteSource, scanner: ZstdFrameScanner, pieces: readonly Uint8Array[]): Bytes {
  yield* pieces
  let isBegun = pieces.length > 0
  while (!isBegun || !scanner.atFrameEnd) {
    const bytes = await source.bytes()
    if (bytes.length === 0) return
    const end = scanner.scan(bytes)
    isBegun = true
    source.consume(end)
    yield bytes.subarray(0, end)
  }
}

function joined(pieces: readonly Uint8Array[], stock: BufferStock): Uint8Array<ArrayBuffer> {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const frame = new Uint8Array(stock.take(size), 0, size)
  let at = 0
  for (const piece of pieces) {
    frame.set(piece, at)
    at += piece.length
  }
  return frame
}

function unsupportedWindow(size: number): BakthatError {
  return new BakthatError('UNSUPPORTED', `the archive needs ${Math.ceil(size / 2 ** 20)} MiB of memory to decompress`, {
    hint: 'decompress it with zstd -d --long=31 first',
  })
}
