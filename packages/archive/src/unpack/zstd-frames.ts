import { BakthatError } from '@bakthat/errors'
import { ZstdFrameScanner } from '../compression/zstd-frame-scanner.js'
import { isSkippableMagic, longestHeader, zstdMagic } from '../compression/zstd-headers.js'
import type { Bytes } from '../types.js'
import type { BufferStock, Memory } from './buffer-stock.js'
import type { ByteSource } from './byte-source.js'

/** A zstd frame: whole, when it is small and says how large it becomes, else as a stream. */
export type ZstdFrame<Kind extends Memory = SharedArrayBuffer> =
  | {
      /** In a buffer of the stock for itself. */
      readonly frame: Uint8Array<Kind>
      readonly contentSize: number
    }
  | { readonly stream: Bytes }

/** Frames up to this size, compressed or not, are worth a thread; ours hold two to four MiB. */
const largestFrame = 8 << 20

/** Decoders take that much memory for a frame, and refuse those that ask for more. */
const largestWindow = 2 ** 27

/** What compression adds to content that does not compress, as `ZSTD_COMPRESSBOUND` has it, and what frames have around it. */
const mostAdded = (contentSize: number): number => (contentSize >> 8) + 1024

/**
 * Cuts a zstd stream into its frames, by their headers (RFC 8878, section 3.1). Skippable frames are left out. Ends at what
 * is no frame, without consuming it. A `stream` must be read to its end before the next frame is asked for.
 */
export async function* zstdFrames<Kind extends Memory>(
  source: ByteSource,
  stock: BufferStock<Kind>,
): AsyncGenerator<ZstdFrame<Kind>> {
  for (;;) {
    const header = Buffer.from(await source.peek(longestHeader))
    if (!isZstdFrame(header)) return
    const { isSkippable, contentSize, windowSize } = readHeader(header)
    if (windowSize > largestWindow) throw unsupportedWindow(windowSize)
    const scanner = new ZstdFrameScanner()
    const frame = contentSize <= largestFrame ? await collect(source, scanner, contentSize, stock) : undefined
    if (frame === undefined) yield { stream: streamed(source, scanner) }
    else if (!scanner.atFrameEnd) yield { stream: streamed(source, scanner, returned(frame, stock)) }
    else if (isSkippable) stock.give(frame.buffer)
    else yield { frame, contentSize }
  }
}

/** Whether a zstd frame begins so, or a skippable one. */
export function isZstdFrame(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE(0)
  return magic === zstdMagic || isSkippableMagic(magic)
}

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

/** Takes bytes to the end of the frame, or as many as a frame of such content can have. None of them is kept elsewhere. */
async function collect<Kind extends Memory>(
  source: ByteSource,
  scanner: ZstdFrameScanner,
  contentSize: number,
  stock: BufferStock<Kind>,
): Promise<Uint8Array<Kind>> {
  const room = contentSize + mostAdded(contentSize)
  const memory = new Uint8Array(stock.take(room), 0, room)
  let size = 0
  do {
    const bytes = (await source.bytes()).subarray(0, room - size)
    if (bytes.length === 0) break
    const end = scanner.scan(bytes)
    memory.set(bytes.subarray(0, end), size)
    source.consume(end)
    size += end
  } while (!scanner.atFrameEnd)
  return memory.subarray(0, size)
}

/** The bytes in memory of their own, and that of the stock back in it. */
function returned<Kind extends Memory>(bytes: Uint8Array<Kind>, stock: BufferStock<Kind>): Uint8Array {
  const own = new Uint8Array(bytes)
  stock.give(bytes.buffer)
  return own
}

async function* streamed(source: ByteSource, scanner: ZstdFrameScanner, start?: Uint8Array): Bytes {
  if (start !== undefined) yield start
  let isBegun = start !== undefined
  while (!isBegun || !scanner.atFrameEnd) {
    const bytes = await source.bytes()
    if (bytes.length === 0) return
    const end = scanner.scan(bytes)
    isBegun = true
    source.consume(end)
    yield bytes.subarray(0, end)
  }
}

function unsupportedWindow(size: number): BakthatError {
  return new BakthatError('UNSUPPORTED', `the archive needs ${Math.ceil(size / 2 ** 20)} MiB of memory to decompress`, {
    hint: 'decompress it with zstd -d --long=31 first',
  })
}
