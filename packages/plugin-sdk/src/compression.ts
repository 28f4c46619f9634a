/** A compression whose work a plugin can take over. */
export type CompressionFormat = 'zstd' | 'gzip'

/** Compresses whole frames, one after the other. */
export interface FrameCompressor {
  /** One zstd frame or gzip member, which any tool decompresses to exactly these bytes. */
  compress(bytes: Uint8Array): Uint8Array
}

/** What a module for `compressions.use` exports as `createCompressor`: it replaces the usual compressor, or wraps it. */
export type CreateCompressor = (usual: FrameCompressor, level: number | undefined) => FrameCompressor
