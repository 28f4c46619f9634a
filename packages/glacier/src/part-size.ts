import { BakthatError } from '@bakthat/errors'

const mebibyte = 1024 ** 2

/** What Glacier allows: parts of one upload, and bytes of one part, which are a MiB times a power of two. */
export const partLimits = { parts: 10_000, smallest: mebibyte, largest: 4096 * mebibyte } as const

/** Smaller parts would only be more requests, each of which is paid for. */
const least = 16 * mebibyte

/** What is chosen for a stream of which nothing is known. */
const unknown = 128 * mebibyte

/**
 * Bytes of every part, but the last, of an upload. All of them are of one size, which must be said before the first byte is
 * sent, so it is chosen
 *
 * - for what `estimatedSize` says and a tenth more: the smallest that holds it in 10,000 parts, from 16 MiB (156 GiB) to 4 GiB
 *   (39 TiB, the most that Glacier takes);
 * - of a stream of which nothing is known: 128 MiB, for 1.2 TiB. Two parts are in memory at a time, so parts for 39 TiB would
 *   cost 8 GiB of it for every stream that nobody measured.
 */
export function partSize(estimatedSize?: number): number {
  if (estimatedSize === undefined) return unknown
  let size = least
  while (size < partLimits.largest && Math.ceil((estimatedSize * 1.1) / size) > partLimits.parts) size *= 2
  return size
}

/** Throws `INVALID_CONFIG` for a size that parts cannot have. */
export function checkPartSize(size: number): void {
  if (size >= partLimits.smallest && size <= partLimits.largest && Number.isInteger(Math.log2(size))) return
  throw new BakthatError('INVALID_CONFIG', `parts cannot be ${size} bytes long`, {
    hint: 'parts are 1 MiB times a power of two, up to 4 GiB',
  })
}
