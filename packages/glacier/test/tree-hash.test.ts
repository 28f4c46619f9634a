import { createHash } from 'node:crypto'

import { describe, expect, it } from '@jest/globals'
import { isNode, treeHash } from '@bakthat/emulator/glacier'
import { coverOf, leafSize, rootOf, TreeHash, treeHashOf, windowsOf } from '@bakthat/glacier'
import fc from 'fast-check'

import { mebibyte, noise } from './vault.js'

const content = noise(13 * mebibyte + 1)

const leaves = Array.from({ length: 69 }, (_, index) => createHash('sha256').update(`leaf ${index}`).digest())

/** As AWS defines it: of the left half, as large a power of two as leaves something to the right, and of the rest. */
function recursive(nodes: readonly Buffer[]): Buffer {
  if (nodes.length === 0) return createHash('sha256').digest()
  if (nodes.length === 1) return nodes[0]!
  const middle = 2 ** Math.ceil(Math.log2(nodes.length) - 1)
  return createHash('sha256')
    .update(recursive(nodes.slice(0, middle)))
    .update(recursive(nodes.slice(middle)))
    .digest()
}

describe('the tree hash', () => {
  it('is that of the recursive definition, for 0 to 69 leaves', () => {
    for (let count = 0; count <= 69; count++) {
      const nodes = leaves.slice(0, count)
      expect([count, rootOf(nodes).toString('hex')]).toEqual([count, recursive(nodes).toString('hex')])
    }
  })

  it('has leaves of 1 MiB', () => {
    for (const size of [0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte, 5 * mebibyte + 17]) {
      const part = content.subarray(0, size)
      expect([size, treeHashOf(part)]).toEqual([size, treeHash(part).toString('hex')])
    }
  })

  it('of nothing is the SHA-256 of nothing', () => {
    expect(treeHashOf(Buffer.alloc(0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  it('is the same in whatever pieces the bytes come', () => {
    const whole = content.subarray(0, 3 * mebibyte + 5)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2 * mebibyte }), { maxLength: 8 }), (sizes) => {
        const hash = new TreeHash()
        let start = 0
        for (const size of sizes) {
          hash.update(whole.subarray(start, start + size))
          start = Math.min(start + size, whole.length)
        }
        expect(hash.update(whole.subarray(start)).digest().toString('hex')).toBe(treeHashOf(whole))
      }),
      { numRuns: 20 },
    )
  })

  it('of a whole is made of the roots of parts, of 1 to 8 MiB each', () => {
    for (const size of [1, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte, 13 * mebibyte + 1]) {
      const whole = content.subarray(0, size)
      for (const partSize of [1, 2, 4, 8].map((mebibytes) => mebibytes * mebibyte)) {
        const roots = []
        for (let start = 0; start < size; start += partSize) {
          roots.push(new TreeHash().update(whole.subarray(start, Math.min(size, start + partSize))).digest())
        }
        expect(rootOf(roots).toString('hex')).toBe(treeHashOf(whole))
      }
    }
  })
})

describe('windows', () => {
  const sizes = fc.integer({ min: 1, max: 300 * leafSize })
  const ranges = sizes.chain((size) =>
    fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size })),
  )

  it('hold the range that they are for, follow upon one another, and are at most twice as many MiB', () => {
    fc.assert(
      fc.property(ranges, ([size, one, other]) => {
        const range = { start: Math.min(one, other), end: Math.max(one, other) }
        const windows = coverOf(range, size)
        expect(windows.length).toBeLessThanOrEqual(2)
        expect(windows.every((window) => isNode(window.start, window.end, size))).toBe(true)
        expect(windows[0]!.start).toBeLessThanOrEqual(range.start)
        expect(windows.at(-1)!.end).toBeGreaterThanOrEqual(range.end)
        if (windows.length === 2) expect(windows[0]!.end).toBe(windows[1]!.start)
        const touched = Math.max(1, Math.ceil(range.end / leafSize) - Math.floor(range.start / leafSize))
        const asked = windows.reduce((sum, { start, end }) => sum + Math.ceil((end - start) / leafSize), 0)
        expect(asked).toBeLessThanOrEqual(2 * touched)
      }),
      { numRuns: 2000 },
    )
  })

  it('are downloaded in pieces each of which has a hash', () => {
    fc.assert(
      fc.property(ranges, ([size, one, other]) => {
        const range = { start: Math.min(one, other), end: Math.max(one, other) }
        for (const window of coverOf(range, size)) {
          const pieces = [...windowsOf(window)]
          expect(pieces.every(({ start, end }) => isNode(start, end, size))).toBe(true)
          expect([pieces[0]!.start, pieces.at(-1)!.end]).toEqual([window.start, window.end])
        }
      }),
    )
  })
})
