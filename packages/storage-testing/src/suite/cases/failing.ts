import assert from 'node:assert/strict'

import { cases, type Case } from '../cases.js'
import { pattern, WatchedSource } from '../sources.js'
import { failureOf, rejects } from '../trial.js'

const chunk = 256 * 1024

export const failing: readonly Case[] = cases((it) => {
  for (const chunks of [1, 2, 25, 30]) {
    it(`leaves nothing behind when its source throws after ${chunks * chunk} bytes, and rejects with that very error`, async (trial) => {
      const error = Object.assign(new Error('the source broke'), { code: 'ENOENT' })
      const source = new WatchedSource(chunksOf(30), (index) =>
        index + 1 === chunks ? Promise.reject(error) : Promise.resolve(),
      )
      assert.equal(await failureOf(trial.backend.put('broken', source)), error)
      assert.deepEqual(source.mistakes, [])
      await trial.assertNothing('broken')
      await trial.assertFree('broken')
    })
  }

  it('leaves nothing behind when its source throws at once', async (trial) => {
    const error = new Error('the source never began')
    const source = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }
    assert.equal(await failureOf(trial.backend.put('broken', source)), error)
    await trial.assertNothing('broken')
    await trial.assertFree('broken')
  })

  it('keeps the blobs that are there when a put fails', async (trial) => {
    const { locator } = await trial.put('there', pattern(1000))
    const source = new WatchedSource(chunksOf(3), () => Promise.reject(new Error('broke')))
    await failureOf(trial.backend.put('not there', source))
    assert.deepEqual(await trial.names(), ['there'])
    assert.equal((await trial.read(locator)).length, 1000)
  })

  it('does nothing when the signal was aborted before the call', async (trial) => {
    const signal = AbortSignal.abort()
    const { locator } = await trial.put('there', pattern(10))
    const source = new WatchedSource(chunksOf(1))
    await rejects(trial.backend.put('aborted', source, { signal }), 'INTERRUPTED')
    assert.equal(source.asked, 0, 'the source was read')
    await rejects(trial.backend.stat(locator, { signal }), 'INTERRUPTED')
    await rejects(trial.backend.retrieve(locator, { signal }), 'INTERRUPTED')
    await rejects(trial.backend.list({ signal }), 'INTERRUPTED')
    await rejects(trial.backend.remove(locator, { signal }), 'INTERRUPTED')
    assert.deepEqual(await trial.names(), ['there'])
  })

  it('stops a put whose signal is aborted, stops its source, and leaves nothing behind', async (trial) => {
    const controller = new AbortController()
    const source = new WatchedSource(chunksOf(30), (index) => {
      if (index === 3) controller.abort('enough')
      return Promise.resolve()
    })
    const put = trial.backend.put('aborted', source, { signal: controller.signal })
    await rejects(trial.promptly(put), 'INTERRUPTED')
    assert.ok(source.isOver, 'the source was not stopped')
    assert.ok(source.asked < 30, 'the source was read on')
    await trial.assertNothing('aborted')
    await trial.assertFree('aborted')
  })

  it('stops a put whose signal is aborted while its source gives nothing', async (trial) => {
    const controller = new AbortController()
    const source = new WatchedSource(chunksOf(30), async (index) => {
      if (index < 2) return
      controller.abort('enough')
      await new Promise<never>(() => undefined)
    })
    const put = trial.backend.put('aborted', source, { signal: controller.signal })
    await rejects(trial.promptly(put), 'INTERRUPTED')
    await trial.assertNothing('aborted')
    await trial.assertFree('aborted')
  })

  it('keeps what was stored when the signal is aborted after the put', async (trial) => {
    const controller = new AbortController()
    const { locator } = await trial.put('done', pattern(10), { signal: controller.signal })
    controller.abort()
    assert.equal((await trial.read(locator)).length, 10)
  })
})

function chunksOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => pattern(chunk, index + 1))
}
