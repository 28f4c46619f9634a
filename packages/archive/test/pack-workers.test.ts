import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { isBakthatError } from '@bakthat/errors'
import { WorkerPool } from '../dist/workers/worker-pool.js'
import { withDirectory } from './pack-support.js'

const protocol = new URL('../dist/workers/worker-protocol.js', import.meta.url)
const errors = import.meta.resolve('@bakthat/errors')

const script = `
  import { threadId } from 'node:worker_threads'
  import { BakthatError } from ${JSON.stringify(errors)}
  import { poolData, serveRequests } from ${JSON.stringify(protocol.href)}
  serveRequests(() => (request) => {
    if (request === 'bad') throw new BakthatError('INTEGRITY', 'bad request', { hint: 'be good' })
    if (request === 'bug') throw new TypeError('a bug')
    if (request === 'exit') process.exit()
    if (request === 'hang') for (;;);
    if (request?.steps) {
      Atomics.add(request.steps, 0, 1)
      Atomics.wait(request.steps, 1, 0)
      Atomics.add(request.steps, 2, 1)
    }
    if (request?.buffer) return { response: request, transfer: [request.buffer] }
    return { response: [request, poolData(), threadId] }
  })`

function withPool<Result>(size: number, use: (pool: WorkerPool<unknown, unknown>) => Promise<Result>): Promise<Result> {
  return withDirectory(async (directory) => {
    const file = join(directory, 'worker.mjs')
    writeFileSync(file, script)
    const pool = new WorkerPool(pathToFileURL(file), { size, data: 'data', patienceMs: 500 })
    try {
      return await use(pool)
    } finally {
      await pool.close()
    }
  })
}

describe('a pool of workers', () => {
  it('answers every request, on at most as many threads as allowed', () =>
    withPool(2, async (pool) => {
      const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => pool.run(i)))
      const rows = answers as [number, string, number][]
      expect(rows.map(([request]) => request)).toEqual(Array.from({ length: 30 }, (_, i) => i))
      expect(rows.every(([, data]) => data === 'data')).toBe(true)
      expect(new Set(rows.map(([, , thread]) => thread)).size).toBe(2)
    }))

  it('hands buffers over and back', () =>
    withPool(1, async (pool) => {
      const bytes = new Uint8Array([1, 2, 3])
      const answer = await pool.run(bytes, [bytes.buffer])
      expect(bytes.length).toBe(0)
      expect([...(answer as Uint8Array)]).toEqual([1, 2, 3])
    }))

  it('ends with the first error, its code and hint intact', () =>
    withPool(2, async (pool) => {
      const results = await Promise.allSettled(['bad', 'hang', 1, 2, 3, 4, 5, 6].map((request) => pool.run(request)))
      for (const result of results.filter(({ status }) => status === 'rejected')) {
        const error = (result as PromiseRejectedResult).reason as unknown
        expect(isBakthatError(error, 'INTEGRITY')).toBe(true)
        expect(error).toMatchObject({ message: 'bad request', hint: 'be good' })
      }
      await expect(pool.run(7)).rejects.toMatchObject({ code: 'INTEGRITY' })
    }))

  it('tells of a bug and of a thread that died', async () => {
    await withPool(1, (pool) => expect(pool.run('bug')).rejects.toThrow('a bug'))
    await withPool(1, (pool) => expect(pool.run('exit')).rejects.toThrow('stopped unexpectedly'))
  })

  it('stops a request that is under way when it is closed, even one that hangs', () =>
    withPool(1, async (pool) => {
      const steps = new Int32Array(new SharedArrayBuffer(12))
      const pending = expect(pool.run({ steps })).rejects.toMatchObject({ code: 'INTERRUPTED' })
      while (Atomics.load(steps, 0) === 0) await new Promise(setImmediate)
      await pool.close()
      await pending
      await pool.close()
    }))

  it('lets a thread end what it is at when it is closed, and begin nothing more', () =>
    withPool(1, async (pool) => {
      const steps = new Int32Array(new SharedArrayBuffer(12))
      const requests = Promise.allSettled([1, 2, 3].map(() => pool.run({ steps })))
      while (Atomics.load(steps, 0) === 0) await new Promise(setImmediate)
      const closed = pool.close()
      Atomics.store(steps, 1, 1)
      Atomics.notify(steps, 1)
      await closed
      expect([...steps]).toEqual([1, 1, 1])
      for (const request of await requests) expect(request).toMatchObject({ reason: { code: 'INTERRUPTED' } })
    }))

  it('keeps a process alive while it works, and not a moment longer', () =>
    withDirectory((directory) => {
      writeFileSync(join(directory, 'worker.mjs'), script)
      const main = `
        import { WorkerPool } from ${JSON.stringify(new URL('../dist/workers/worker-pool.js', import.meta.url).href)}
        const pool = new WorkerPool(new URL(${JSON.stringify(pathToFileURL(join(directory, 'worker.mjs')).href)}), { size: 2 })
        pool.run(1).then(() => console.log('answered'))`
      const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', main], { timeout: 30_000 })
      expect({ out: stdout.toString(), status }).toEqual({ out: 'answered\n', status: 0 })
    }))
})
