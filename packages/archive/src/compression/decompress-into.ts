import type { FrameDecompressor } from './contract.js'

/** Decompresses a frame into memory that holds at least `maxSize` bytes; gives how many there are. Fails as `decompress` does. */
export function decompressInto(
  memory: SharedArrayBuffer,
  decompressor: FrameDecompressor,
  frame: Uint8Array,
  maxSize: number,
): number {
  const content = decompressor.decompress(frame, maxSize, memory)
  if (content.buffer !== memory) new Uint8Array(memory).set(content)
  return content.length
}

/** That many bytes of `memory`, or of new memory where it is not given or too small. */
export function roomFor(size: number, memory: SharedArrayBuffer | undefined): Uint8Array {
  return memory !== undefined && memory.byteLength >= size ? new Uint8Array(memory, 0, size) : new Uint8Array(size)
}
