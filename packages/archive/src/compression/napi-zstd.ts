import type * as NapiBinding from 'zstd-napi/binding.js'
import type { Bytes } from '../types.js'
import type { FrameCompressor, FrameDecompressor, Zstd } from './contract.js'
import { damaged, tooLarge, truncated } from './damage.js'
import { roomFor } from './decompress-into.js'

type Binding = typeof NapiBinding

/** Decompressed bytes are handed over in pieces of this size. */
const pieceSize = 256 * 1024

/** zstd by the native module `zstd-napi`. Contexts and output buffers are kept between frames. */
export function napiZstd(binding: Binding): Zstd {
  return {
    createCompressor: (level) => createCompressor(binding, level),
    createDecompressor: () => createDecompressor(binding),
    decompressStream: (bytes) => decompressStream(binding, bytes),
  }
}

function createCompressor(binding: Binding, level: number): FrameCompressor {
  const context = new binding.CCtx()
  context.setParameter(binding.CParameter.compressionLevel, level)
  context.setParameter(binding.CParameter.checksumFlag, 1)
  let output = new Uint8Array(0)
  return {
    compress: (bytes) => {
      const bound = binding.compressBound(bytes.length)
      if (output.length < bound) output = new Uint8Array(bound)
      return output.slice(0, context.compress2(output, bytes))
    },
  }
}

function createDecompressor(binding: Binding): FrameDecompressor {
  const context = new binding.DCtx()
  return {
    decompress: (frame, maxSize, memory) => {
      const size = guard(() => contentSize(binding, frame))
      if (size === undefined) return decompressUnknown(binding, frame, maxSize)
      if (size > maxSize) throw tooLarge(maxSize)
      const output = roomFor(size, memory)
      guard(() => context.decompress(output, frame))
      return output
    },
  }
}

/** The size that the frame's header states, when the frame is one and states it. */
function contentSize(binding: Binding, frame: Uint8Array): number | undefined {
  if (binding.findFrameCompressedSize(frame) !== frame.length) return undefined
  return binding.getFrameContentSize(frame) ?? undefined
}

function decompressUnknown(binding: Binding, frames: Uint8Array, maxSize: number): Uint8Array<ArrayBuffer> {
  const decoder = new StreamDecoder(binding)
  const pieces: Uint8Array[] = []
  let size = 0
  for (const piece of decoder.push(frames)) {
    size += piece.length
    if (size > maxSize) throw tooLarge(maxSize)
    pieces.push(piece)
  }
  decoder.end()
  return new Uint8Array(Buffer.concat(pieces))
}

async function* decompressStream(binding: Binding, bytes: Bytes): Bytes {
  const decoder = new StreamDecoder(binding)
  for await (const chunk of bytes) yield* decoder.push(chunk)
  decoder.end()
}

class StreamDecoder {
  readonly #binding: Binding
  readonly #context: NapiBinding.DCtx
  #betweenFrames = false

  constructor(binding: Binding) {
    this.#binding = binding
    this.#context = new binding.DCtx()
  }

  *push(chunk: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    let input = chunk
    let flushed = true
    while (input.length > 0 || !flushed) {
      const output = new Uint8Array(pieceSize)
      const [pending, produced, consumed] = guard(() => this.#context.decompressStream(output, input))
      input = input.subarray(consumed)
      flushed = produced < output.length
      this.#betweenFrames = pending === 0
      if (this.#betweenFrames) flushed = true
      if (produced > 0) yield output.subarray(0, produced)
    }
  }

  end(): void {
    if (!this.#betweenFrames) throw truncated()
  }
}

/** The binding throws plain errors with zstd's own words; all of them mean that the input is not what was stored. */
function guard<Result>(call: () => Result): Result {
  try {
    return call()
  } catch (cause) {
    throw damaged(cause)
  }
}
