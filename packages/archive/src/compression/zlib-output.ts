/**
 * Copies what a function of `node:zlib` gave, called with that `chunkSize`, and gives back its memory: left to the garbage
 * collector it would lie about for long, because a buffer weighs next to nothing in the heap that the collector looks after.
 */
export function moveOut<Memory extends ArrayBufferLike>(
  output: Buffer<ArrayBuffer>,
  chunkSize: number,
  target: Uint8Array<Memory>,
): Uint8Array<Memory> {
  target.set(output)
  // Only memory of one chunk is nobody else's: small buffers lie together in a pool, of more than twice their size.
  if (output.buffer.byteLength === chunkSize) detach(output.buffer)
  return target
}

/** From Node 21 on; before, the collector does it. */
function detach(buffer: ArrayBuffer & { transfer?: (size: number) => ArrayBuffer }): void {
  buffer.transfer?.(0)
}
