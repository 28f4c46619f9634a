import type { Bytes } from '../types.js'

/** Compresses whole frames, one after the other. Keeps its working memory between frames; not for two threads. */
export interface FrameCompressor {
  /** One independent zstd frame or gzip member (or a copy), in a buffer of its own, so that it can be transferred. */
  compress(bytes: Uint8Array): Uint8Array<ArrayBuffer>
  /** What has to be told of the frame before, once. */
  takeComplaint?(): string | undefined
}

/** Decompresses whole frames. */
export interface FrameDecompressor {
  /**
   * What the frame holds, in a buffer of its own, or in `memory` where that is given and of use. `frame` is one whole frame or
   * member. Throws `INTEGRITY` for damaged or truncated data, `UNSAFE_ARCHIVE` for more than `maxSize` bytes.
   */
  decompress(frame: Uint8Array, maxSize: number, memory?: SharedArrayBuffer): Uint8Array
}

/** One implementation of zstd. */
export interface Zstd {
  createCompressor(level: number): FrameCompressor
  createDecompressor(): FrameDecompressor
  /** Decompresses any concatenation of frames. Throws `INTEGRITY` for damaged or truncated data. */
  decompressStream(bytes: Bytes): Bytes
}
