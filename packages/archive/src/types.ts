/** A stream of bytes, read once; each chunk belongs to the reader once handed over. */
export type Bytes = AsyncIterable<Uint8Array>

export type CompressionFormat = 'zstd' | 'gzip' | 'none'

export interface Compression {
  readonly format: CompressionFormat
  /** The format's own level: zstd 1 to 19 (default 3), gzip 1 to 9 (default 6). `none` takes no level. */
  readonly level?: number
  /** The URL of a module that compresses instead, or around, the usual way: its `createCompressor` is given the usual one. */
  readonly module?: string
}
