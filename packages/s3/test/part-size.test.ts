import { describe, expect, it } from '@jest/globals'
import { partLimits, partSize } from '@bakthat/s3'
import fc from 'fast-check'

const mebibyte = 1024 ** 2
const tebibyte = 1024 ** 4

/** How many parts a stream of that length takes; more than there can be for one that is too long. */
function partsOf(length: number, estimatedSize?: number, most: number = partLimits.parts): number {
  let parts = 0
  for (let rest = length; rest > 0 && parts <= most; parts++) rest -= partSize(parts + 1, estimatedSize, most)
  return parts
}

describe('the size of parts', () => {
  it('is what S3 allows and never falls, whatever was estimated', () => {
    const estimate = fc.option(fc.double({ min: 0, max: 2 ** 60, noNaN: true }), { nil: undefined })
    fc.assert(
      fc.property(estimate, (estimatedSize) => {
        let before: number = partLimits.smallest
        for (let number = 1; number <= partLimits.parts; number += 13) {
          const size = partSize(number, estimatedSize)
          if (!Number.isInteger(size) || size < before || size > partLimits.largest) return false
          before = size
        }
        return true
      }),
      { numRuns: 30 },
    )
  })

  it('lets 10,000 parts hold whatever was estimated, up to 48 TiB, and twice as much up to 1 TiB', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 48n * BigInt(tebibyte)).map(Number), (length) => {
        expect(partsOf(length, length)).toBeLessThanOrEqual(partLimits.parts)
        if (length <= tebibyte) expect(partsOf(2 * length, length)).toBeLessThanOrEqual(partLimits.parts)
      }),
      { numRuns: 40 },
    )
    expect(partsOf(48 * tebibyte, 48 * tebibyte)).toBe(9831)
  })

  it('lets as few parts as a server takes hold what was estimated', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10_000 }),
        fc.double({ min: 1, max: 4 * 1024 ** 3, noNaN: true }),
        (most, part) => {
          const length = Math.min(part, partLimits.largest * 0.9) * most * 0.9
          return partsOf(length, length, most) <= most
        },
      ),
      { numRuns: 40 },
    )
    expect(partsOf(774 * 1024 ** 3, undefined, 1000)).toBeLessThanOrEqual(1000)
  })

  it('lets 10,000 parts hold 7.5 TiB of which nothing was known', () => {
    expect(partsOf(7.5 * tebibyte)).toBeLessThanOrEqual(partLimits.parts)
  })

  it('is a small fraction of what was sent before', () => {
    let sent = 0
    let largest = 0
    for (let number = 1; number <= partLimits.parts; number++) {
      largest = Math.max(largest, partSize(number) / (9 * mebibyte + sent / 1400))
      sent += partSize(number)
    }
    expect(largest).toBeLessThanOrEqual(1)
  })

  it('begins with 8 MiB, so that small blobs need one request and little memory', () => {
    expect(partSize(1)).toBe(8 * mebibyte)
    expect(partSize(1, 1000)).toBe(8 * mebibyte)
    expect(partSize(1, tebibyte)).toBe(117 * mebibyte)
  })
})
