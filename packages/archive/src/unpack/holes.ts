/** The smallest hole that common file systems keep. */
const blockSize = 4096

const zeros = Buffer.alloc(blockSize)

/**
 * What is to be written of bytes that come to lie at `position` in a file, so that every block of zeros becomes a hole: pairs
 * of indexes, the first and the (exclusive) last, flat in one list. Blocks begin where those of the file do.
 */
export function besidesZeros(bytes: Uint8Array, start: number, end: number, position: number): number[] {
  const runs: number[] = []
  let next = start + Math.min(end - start, blockSize - (position % blockSize))
  for (let at = start; at < end; at = next, next = Math.min(end, at + blockSize)) {
    if (zeros.compare(bytes, at, next, 0, next - at) === 0) continue
    if (runs.at(-1) === at) runs.pop()
    else runs.push(at)
    runs.push(next)
  }
  return runs
}
