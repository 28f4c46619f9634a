import { setImmediate as quiet } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { collect, readAhead, type Bytes } from '@bakthat/storage'

/** A stream that counts what was taken from it, and notes when it is released. */
class Source {
  taken = 0
  isReleased = false

  async *bytes(sizes: readonly number[], failure?: Error): Bytes {
    try {
      for (const [index, size] of sizes.entries()) {
        this.taken += 1
        yield await Promise.resolve(new Uint8Array(size).fill(index))
      }
      if (failure !== undefined) throw failure
    } finally {
      this.isReleased = true
    }
  }
}

/** All that is ready to run has run. */
describe('readAhead', () => {
  it('reads before anybody asks, until the limit is reached, and goes on when there is room', async () => {
    const source = new Source()
    const reading = readAhead(source.bytes(Array<number>(20).fill(10)), 50)
    await quiet()
    expect(source.taken).toBe(5)
    await reading.next()
    await quiet()
    expect(source.taken).toBe(6)
    await reading.return()
  })

  it('gives the same bytes, whatever the sizes and the limit, and holds one chunk more than the limit at most', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 100 }),
        async (sizes, limit) => {
          const source = new Source()
          let received = 0
          const chunks: Uint8Array[] = []
          for await (const chunk of readAhead(source.bytes(sizes), limit)) {
            chunks.push(chunk)
            received += chunk.length
            await quiet()
            const taken = sizes.slice(0, source.taken).reduce((sum, size) => sum + size, 0)
            const last = sizes[source.taken - 1] ?? 0
            expect(taken - received).toBeLessThan(limit + last)
          }
          expect(Buffer.concat(chunks)).toEqual(Buffer.from(await collect(new Source().bytes(sizes), Infinity)))
          expect(source.isReleased).toBe(true)
        },
      ),
      { numRuns: 50 },
    ))

  it('throws the error of its source after the chunks that came before it, once', async () => {
    const failure = new Error('disk')
    const reading = readAhead(new Source().bytes([1, 1], failure), 100)
    await quiet()
    expect(await reading.next()).toEqual({ done: false, value: Uint8Array.of(0) })
    expect(await reading.next()).toEqual({ done: false, value: Uint8Array.of(1) })
    await expect(reading.next()).rejects.toBe(failure)
    expect(await reading.next()).toEqual({ done: true, value: undefined })
  })

  it('stops its source when it is left, whether or not anything was read, and any number of times', async () => {
    for (const reads of [0, 1]) {
      const source = new Source()
      const reading = readAhead(source.bytes(Array<number>(20).fill(10)), 50)
      for (let read = 0; read < reads; read++) await reading.next()
      await quiet()
      await reading.return()
      await reading.return()
      expect(source.isReleased).toBe(true)
      expect(await reading.next()).toEqual({ done: true, value: undefined })
    }
  })

  it('lets a reader go that waits while it is stopped', async () => {
    const reading = readAhead({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }, 50)
    const waiting = reading.next()
    await reading.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })
})
