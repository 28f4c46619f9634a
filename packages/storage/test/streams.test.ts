import { spawnSync } from 'node:child_process'

import { describe, expect, it } from '@jest/globals'
import { collect, interruptible, single, throwIfAborted, type Bytes } from '@bakthat/storage'

const interrupted: unknown = expect.objectContaining({ code: 'INTERRUPTED' })

/** A stream that notes when it is released. */
async function* counted(chunks: number, log: string[]): Bytes {
  try {
    for (let index = 0; index < chunks; index++) yield await Promise.resolve(Uint8Array.of(index))
  } finally {
    log.push('released')
  }
}

async function readAll(bytes: Bytes): Promise<number[]> {
  return [...(await collect(bytes, 1000))]
}

describe('collect', () => {
  it('joins the chunks', async () => {
    expect(await readAll(counted(3, []))).toEqual([0, 1, 2])
    expect(await readAll(counted(0, []))).toEqual([])
  })

  it('takes exactly the limit and refuses one byte more, releasing the source', async () => {
    const log: string[] = []
    expect(await collect(counted(3, []), 3)).toHaveLength(3)
    await expect(collect(counted(9, log), 3)).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(log).toEqual(['released'])
  })
})

describe('single', () => {
  it('is a stream of one chunk, handed over and not copied', async () => {
    const chunk = Buffer.from('abc')
    const chunks: Uint8Array[] = []
    for await (const one of single(chunk)) chunks.push(one)
    expect(chunks).toHaveLength(1)
    expect(chunks[0]).toBe(chunk)
  })
})

describe('throwIfAborted', () => {
  it('throws only for an aborted signal, and keeps its reason', () => {
    throwIfAborted(undefined)
    throwIfAborted(new AbortController().signal)
    const reason = new Error('SIGINT')
    expect(() => {
      throwIfAborted(AbortSignal.abort(reason))
    }).toThrow(expect.objectContaining({ code: 'INTERRUPTED', cause: reason }))
  })
})

describe('interruptible', () => {
  it('changes nothing without an abort', async () => {
    const { signal } = new AbortController()
    expect(await readAll(interruptible(counted(5, []), signal))).toEqual([0, 1, 2, 3, 4])
    expect(await readAll(interruptible(counted(5, []), undefined))).toEqual([0, 1, 2, 3, 4])
  })

  it('does not touch the source of a signal that was aborted before', async () => {
    const log: string[] = []
    await expect(readAll(interruptible(counted(5, log), AbortSignal.abort()))).rejects.toEqual(interrupted)
    expect(log).toEqual([])
  })

  it('ends between two chunks and releases the source', async () => {
    const log: string[] = []
    const controller = new AbortController()
    const seen: number[] = []
    const reading = async (): Promise<void> => {
      for await (const [value] of interruptible(counted(5, log), controller.signal)) {
        seen.push(value!)
        if (value === 2) controller.abort()
      }
    }
    await expect(reading()).rejects.toEqual(interrupted)
    expect(seen).toEqual([0, 1, 2])
    expect(log).toEqual(['released'])
  })

  it('ends while the source hangs', async () => {
    const controller = new AbortController()
    const hanging: Bytes = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }
    const reading = readAll(interruptible(hanging, controller.signal))
    controller.abort()
    await expect(reading).rejects.toEqual(interrupted)
  })

  it('passes the error of the source on as it is', async () => {
    const error = new Error('broke')
    const failing: Bytes = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }
    await expect(readAll(interruptible(failing, new AbortController().signal))).rejects.toBe(error)
  })

  it('releases the source when the reader stops early, and stops listening to the signal', async () => {
    const log: string[] = []
    const controller = new AbortController()
    for await (const chunk of interruptible(counted(5, log), controller.signal)) if (chunk.length > 0) break
    expect(log).toEqual(['released'])
    controller.abort()
  })
})

describe('eitherOf', () => {
  it('is aborted by a timeout that nobody else holds, however often memory is collected', () => {
    const script = `
      import { eitherOf } from '@bakthat/storage'
      const signal = (() => eitherOf(new AbortController().signal, AbortSignal.timeout(50)))()
      setInterval(gc, 5)
      setTimeout(() => process.exit(1), 10_000)
      signal.addEventListener('abort', () => process.exit(0))`
    const argv = ['--expose-gc', '--input-type=module', '-e', script]
    expect(spawnSync(process.execPath, argv, { cwd: import.meta.dirname }).status).toBe(0)
  })
})
