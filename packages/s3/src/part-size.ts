const mebibyte = 1024 ** 2

/** What S3 allows: parts of one upload, and bytes of one part. */
export const partLimits = { parts: 10_000, smallest: 5 * mebibyte, largest: 5 * 1024 * mebibyte } as const

const first = 8 * mebibyte

/** Up to this share of the parts the size is what the estimate asks for; after it, it grows: the estimate was wrong. */
const estimated = 0.9

/** The share of the parts over which it then grows. */
const growth = 0.02

/**
 * Bytes of the part of this number (from 1) of an upload that may have `parts` of them. Never above 5 GiB, never falling,
 * and 10,000 of them hold
 *
 * - 7.5 TiB of a stream of which nothing is known: the size grows with every part, from 8 MiB to 5 GiB, and is at any
 *   point about a 1,500th of what has been sent (70 MiB after 100 GiB);
 * - whatever `estimatedSize` says, up to 48.8 TiB, in parts of one size: 120 MiB for 1 TiB, 5 GiB from 44 TiB.
 *
 * The last tenth of the parts of an estimated stream grows quickly, so that one that is longer than was believed still fits.
 */
export function partSize(partNumber: number, estimatedSize?: number, parts: number = partLimits.parts): number {
  if (estimatedSize === undefined) return grown(first, (partNumber - 1) / Math.max(1, parts - 1))
  const start = equalPartSize(estimatedSize, parts)
  return grown(start, Math.min(1, Math.max(0, partNumber - estimated * parts) / (growth * parts)))
}

/** For servers that take parts of one size only: of at least 8 MiB, or of what the estimate asks for. */
export function equalPartSize(estimatedSize: number, parts: number = partLimits.parts): number {
  return Math.min(partLimits.largest, Math.max(first, wholeMebibytes(estimatedSize / (estimated * parts))))
}

/** From `start` to the largest that is allowed, by the same factor with every step. */
function grown(start: number, way: number): number {
  return Math.min(partLimits.largest, wholeMebibytes(start * (partLimits.largest / start) ** way))
}

function wholeMebibytes(bytes: number): number {
  return Math.ceil(bytes / mebibyte) * mebibyte
}
