import { gunzipSync } from 'node:zlib'
import type { Compression } from '../types.js'
import { createCompressor } from './compression.js'
import type { FrameCompressor } from './contract.js'
import { requireZstd } from './zstd.js'

/** What the module of a compression exports. */
interface CompressorModule {
  readonly createCompressor: (usual: Compressing, level: number | undefined) => Compressing
}

interface Compressing {
  compress(bytes: Uint8Array): Uint8Array
}

/**
 * The compressor of a compression that names a module. What the module makes of a frame is decompressed the usual way and
 * compared: no backup may depend on it to be read. From a frame on that it got wrong, or threw at, compression is the usual one,
 * which is told as a complaint.
 */
export async function loadCompressor(compression: Compression): Promise<FrameCompressor> {
  const usual = createCompressor(compression)
  const { module = '', level } = compression
  try {
    const custom = ((await import(module)) as CompressorModule).createCompressor(usual, level)
    return checked(custom, usual, compression)
  } catch (error) {
    return { ...usual, takeComplaint: once(complaint(compression, error)) }
  }
}

function checked(custom: Compressing, usual: FrameCompressor, compression: Compression): FrameCompressor {
  const decompress = compression.format === 'gzip' ? gunzip : unzstd()
  let takeComplaint: (() => string | undefined) | undefined
  return {
    takeComplaint: () => takeComplaint?.(),
    compress(bytes) {
      if (takeComplaint !== undefined) return usual.compress(bytes)
      try {
        const compressed = new Uint8Array(custom.compress(new Uint8Array(bytes)))
        if (Buffer.compare(decompress(compressed, bytes.length), bytes) === 0) return compressed
        throw new Error('it does not decompress to what was compressed')
      } catch (error) {
        takeComplaint = once(complaint(compression, error))
        return usual.compress(bytes)
      }
    },
  }
}

function once(text: string): () => string | undefined {
  let left: string | undefined = text
  return () => {
    const taken = left
    left = undefined
    return taken
  }
}

function complaint({ module = '', format }: Compression, error: unknown): string {
  return `compressed by the usual ${format}, for ${module} failed: ${String(error)}`
}

type Decompress = (frame: Uint8Array, maxSize: number) => Uint8Array

const gunzip: Decompress = (frame, maxOutputLength) => gunzipSync(frame, { maxOutputLength })

function unzstd(): Decompress {
  const decompressor = requireZstd().createDecompressor()
  return (frame, maxSize) => decompressor.decompress(frame, maxSize)
}
