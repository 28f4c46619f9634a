import { setImmediate as quiet } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { BlockStock, gatherParts, sendInParts, type Bytes, type MultipartRequests } from '@bakthat/storage'

async function* chunksOf(sizes: readonly number[]): Bytes {
  let next = 0
  for (const size of sizes) yield await Promise.resolve(Uint8Array.from({ length: size }, () => next++ % 251))
}

const gathering = { stock: new BlockStock(), blockSize: 100, sizeOf: () => 10, onBytes: () => undefined }

describe('gatherParts', () => {
  it('cuts a stream into parts of the sizes asked for, and tells of the bytes of each before it is given', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 60 }),
        async (chunks, sizes, blockSize) => {
          const sizeOf = (number: number): number => sizes[number % sizes.length]!
          const stock = new BlockStock()
          const told: Uint8Array[] = []
          const onBytes = (bytes: Uint8Array): number => told.push(Uint8Array.from(bytes))
          const parts: { size: number; isLast: boolean }[] = []
          const length = chunks.reduce((sum, size) => sum + size, 0)
          let end = 0
          for await (const part of gatherParts(chunksOf(chunks), { stock, blockSize, sizeOf, onBytes })) {
            expect([part.number, part.start]).toEqual([parts.length + 1, end])
            const bytes = Buffer.concat(part.blocks)
            expect(bytes).toEqual(Buffer.from(Uint8Array.from({ length: part.size }, (_, at) => (end + at) % 251)))
            expect(Buffer.concat(told.splice(0))).toEqual(bytes)
            end += part.size
            parts.push(part)
            stock.give(part.blocks)
          }
          expect(end).toBe(length)
          for (const [index, { size, isLast }] of parts.entries()) {
            const isEnd = index === parts.length - 1
            expect(isLast).toBe(isEnd)
            if (isEnd) expect(size).toBeLessThanOrEqual(sizeOf(index + 1))
            else expect(size).toBe(sizeOf(index + 1))
          }
        },
      ),
      { numRuns: 200 },
    ))

  it('gives one empty part of an empty stream', async () => {
    const parts = gatherParts(chunksOf([]), gathering)
    expect(await parts.next()).toMatchObject({ value: { number: 1, size: 0, blocks: [], isLast: true } })
  })

  it('keeps parts but the first in one block each, and uses memory again that was given back', async () => {
    const stock = new BlockStock()
    const memory: ArrayBuffer[] = []
    for await (const { blocks, isLast } of gatherParts(chunksOf([3, 3, 3, 3, 3, 3, 3, 3, 3, 8]), {
      ...gathering,
      stock,
    })) {
      if (memory.length > 0 || isLast) expect(blocks).toHaveLength(1)
      memory.push(blocks[0]!.buffer)
      stock.give([stock.join(blocks)])
    }
    expect(memory).toHaveLength(4)
    expect(new Set(memory.slice(1)).size).toBe(1)
  })
})

interface Part {
  readonly size: number
  readonly number: number
}

/** A service whose requests are answered when the test says so. */
class Service implements MultipartRequests<Part, string> {
  readonly log: string[] = []
  readonly waiting = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>()
  id = Promise.resolve('id')

  begin(): Promise<string> {
    return this.id
  }

  send(_: string, { number }: { readonly number: number }): Promise<void> {
    this.log.push(`send ${number}`)
    return new Promise((resolve, reject) => this.waiting.set(number, { resolve, reject }))
  }

  complete(uploadId: string): Promise<string> {
    this.log.push('complete')
    return Promise.resolve(`archive of ${uploadId}`)
  }

  abort(uploadId: string): Promise<void> {
    this.log.push(`abort ${uploadId}`)
    return Promise.reject(new Error('nor can it be aborted'))
  }
}

const mebibyte = 1024 ** 2

function upload(service: Service, size: number, count: number) {
  const stop = new AbortController()
  const source = { given: 1, isReleased: false }
  async function* others(): AsyncGenerator<Part> {
    try {
      while (source.given < count) yield await Promise.resolve({ size, number: ++source.given })
    } finally {
      source.isReleased = true
    }
  }
  const parts = others()
  const result = sendInParts<Part, string>(service, { size, number: 1 }, parts, { stop, signal: stop.signal })
  result.catch(() => undefined)
  return { result, stop, source }
}

describe('sendInParts', () => {
  it.each([
    [1, 4],
    [20, 4],
    [40, 2],
    [500, 2],
  ])('has so many parts of %i MiB on their way at the same time: %i', async (size, together) => {
    const service = new Service()
    const { result } = upload(service, size * mebibyte, 6)
    await quiet()
    expect(service.waiting.size).toBe(together)
    for (let number = 1; number <= 6; number++) {
      service.waiting.get(number)!.resolve()
      await quiet()
    }
    expect(await result).toBe('archive of id')
    expect(service.log.at(-1)).toBe('complete')
  })

  it('gives up when a part is lost, but aborts only when nothing is on its way any more, and tells what failed first', async () => {
    const service = new Service()
    const { result, stop, source } = upload(service, mebibyte, 9)
    await quiet()
    const lost = new Error('lost')
    service.waiting.get(2)!.reject(lost)
    await quiet()
    expect(stop.signal.reason).toBe(lost)
    expect(service.log).not.toContain('abort id')
    for (const number of [1, 3, 4]) service.waiting.get(number)!.reject(new Error('stopped'))
    await expect(result).rejects.toBe(lost)
    expect(service.log).toEqual(['send 1', 'send 2', 'send 3', 'send 4', 'abort id'])
    expect(source.isReleased).toBe(true)
  })

  it('gives up when the source of the parts fails', async () => {
    const service = new Service()
    const failure = new Error('disk')
    async function* failing(): AsyncGenerator<Part> {
      yield await Promise.resolve({ size: 1, number: 2 })
      throw failure
    }
    const stop = new AbortController()
    const result = sendInParts<Part, string>(service, { size: 1, number: 1 }, failing(), { stop, signal: stop.signal })
    result.catch(() => undefined)
    await quiet()
    for (const { resolve } of service.waiting.values()) resolve()
    await expect(result).rejects.toBe(failure)
    expect(service.log.at(-1)).toBe('abort id')
  })

  it('aborts an upload whose id comes after it was given up, which nobody waits for', async () => {
    const service = new Service()
    let begun: (id: string) => void = () => undefined
    service.id = new Promise((resolve) => (begun = resolve))
    const { result, stop, source } = upload(service, 1, 3)
    stop.abort()
    await expect(result).rejects.toMatchObject({ code: 'INTERRUPTED' })
    begun('late')
    await quiet()
    expect(service.log).toEqual(['abort late'])
    expect(source.given).toBe(1)
  })
})
