/** Node puts smaller buffers into one that they share. */
const { poolSize } = Buffer

/**
 * Copies what a function of `node:zlib` gave, and gives back its memory: left to the garbage collector it would lie about for
 * long, because a buffer weighs next to nothing in the heap that the collector looks after.
 */
export function moveOut<Memory extends ArrayBufferLike>(
  output: Buffer<ArrayBuffer>,
  target: Uint8Array<Memory>,
): Uint8Array<Memory> {
  target.set(output)
  if (output.buffer.byteLength > poolSize) detach(output.buffer)
  return target
}

/** From Node 21 on; before, the collector does it. */
function detach(buffer: ArrayBuffer & { transfer?: (size: number) => ArrayBuffer }): void {
  buffer.transfer?.(0)
}
