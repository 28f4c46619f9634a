import assert from 'node:assert/strict'

import type { Bytes, Locator, RetrieveOptions, Ticket } from '@bakthat/storage'

import { cases, type Case } from '../cases.js'
import { pattern } from '../sources.js'
import { assertKeepable, joined, rejects, sameBytes, type Trial } from '../trial.js'

const size = 3 * 1024 * 1024 + 17

export const retrieving: readonly Case[] = cases((it) => {
  it('answers as its capabilities say: at once, or first with a ticket that any process can ask again with', async (trial) => {
    const content = pattern(1000)
    const { locator } = await trial.put('asked', content)
    const first = await trial.backend.retrieve(locator)
    assert.equal(first.state, trial.capabilities.retrieval === 'immediate' ? 'ready' : 'pending')
    if (first.state === 'ready') {
      sameBytes(await joined(first.value), content)
      return
    }
    assertKeepable(first.ticket)
    const again = await trial.backend.retrieve(locator, { ticket: first.ticket })
    assert.equal(again.state, 'pending', 'ready before it was thawed')
    await trial.thaw()
    const reopened = await trial.fixture.reopen()
    const thawed = await reopened.retrieve(locator, { ticket: first.ticket })
    assert.ok(thawed.state === 'ready', 'pending after thaw()')
    sameBytes(await joined(thawed.value), content)
    await reopened.close()
  })

  it('takes every tier, and a number of days', async (trial) => {
    const content = pattern(100)
    for (const tier of ['expedited', 'standard', 'bulk'] as const) {
      const { locator } = await trial.put(tier, content)
      sameBytes(await trial.read(locator, { tier, days: 2 }), content)
    }
  })

  it('begins nothing when it may not: what is cold is COLD, what is under way pending, what is thawed ready', async (trial) => {
    const content = pattern(100)
    const { locator } = await trial.put('asked', content)
    if (trial.capabilities.retrieval === 'immediate') {
      sameBytes(await trial.read(locator, { begin: false }), content)
      return
    }
    await rejects(trial.backend.retrieve(locator, { begin: false }), 'COLD')
    const asked = await trial.backend.retrieve(locator)
    assert.ok(asked.state === 'pending')
    const { ticket } = asked
    const again = await trial.backend.retrieve(locator, { ticket, begin: false })
    assert.ok(again.state === 'pending' && again.ticket === ticket)
    await trial.thaw()
    const thawed = await trial.backend.retrieve(locator, { ticket, begin: false })
    assert.ok(thawed.state === 'ready', 'pending after thaw()')
    sameBytes(await joined(thawed.value), content)
  })

  it('hastens what is under way, where it can, and begins nothing anew for a slower tier', async (trial) => {
    if (trial.capabilities.retrieval === 'immediate') return
    const content = pattern(100)
    const { locator } = await trial.put('asked', content)
    const asked = await pendingAt(trial, locator, { tier: 'standard' })
    assert.equal(await pendingAt(trial, locator, { ticket: asked, tier: 'bulk' }), asked)
    const hastened = await pendingAt(trial, locator, { ticket: asked, tier: 'expedited' })
    await trial.thaw()
    const thawed = await trial.backend.retrieve(locator, { ticket: hastened })
    assert.ok(thawed.state === 'ready', 'pending after thaw()')
    sameBytes(await joined(thawed.value), content)
  })

  it('asks anew for what was thawed and is cold again, where it may, and else says that it is COLD', async (trial) => {
    if (trial.capabilities.retrieval === 'immediate' || trial.fixture.lapse === undefined) return
    const content = pattern(100)
    const { locator } = await trial.put('asked', content)
    const ticket = await pendingAt(trial, locator, {})
    await trial.thaw()
    assert.equal((await trial.backend.retrieve(locator, { ticket })).state, 'ready', 'pending after thaw()')
    await trial.fixture.lapse()
    await rejects(trial.backend.retrieve(locator, { ticket, begin: false }), 'COLD')
    const anew = await pendingAt(trial, locator, { ticket })
    assert.notEqual(anew, ticket)
    await trial.thaw()
    const thawed = await trial.backend.retrieve(locator, { ticket: anew })
    assert.ok(thawed.state === 'ready', 'pending after thaw()')
    sameBytes(await joined(thawed.value), content)
  })

  it('gives any range of a blob, or says that ranges are not supported', async (trial) => {
    const content = pattern(size)
    const { locator } = await trial.put('ranged', content)
    if (!trial.capabilities.ranges) {
      return rejects(trial.backend.retrieve(locator, { range: { start: 0, end: 1 } }), 'UNSUPPORTED')
    }
    const edges = [0, 1, 65_535, 65_536, 65_537, 1_048_575, 1_048_577, size - 1, size]
    for (const start of edges) {
      for (const end of [undefined, ...edges.filter((edge) => edge >= start)]) {
        const range = end === undefined ? { start } : { start, end }
        sameBytes(await trial.read(locator, { range }), content.subarray(start, end))
      }
    }
  })

  it('gives the empty range of an empty blob, where there are ranges', async (trial) => {
    const { locator } = await trial.put('empty', new Uint8Array())
    if (!trial.capabilities.ranges) return
    assert.equal((await trial.read(locator, { range: { start: 0 } })).length, 0)
    assert.equal((await trial.read(locator, { range: { start: 0, end: 0 } })).length, 0)
    await rejects(trial.backend.retrieve(locator, { range: { start: 0, end: 1 } }), 'INVALID_INPUT')
  })

  it('refuses a range outside of the blob', async (trial) => {
    const { locator } = await trial.put('ranged', pattern(100))
    const ranges = [
      { start: -1 },
      { start: -1, end: 5 },
      { start: 101 },
      { start: 0, end: 101 },
      { start: 5, end: 4 },
      { start: 0.5, end: 4 },
      { start: 0, end: 4.5 },
      { start: NaN },
      { start: 0, end: Infinity },
    ]
    const code = trial.capabilities.ranges ? 'INVALID_INPUT' : 'UNSUPPORTED'
    for (const range of ranges) await rejects(trial.backend.retrieve(locator, { range }), code)
  })

  it('says that a blob is not there', async (trial) => {
    const { locator } = await trial.put('removed', pattern(10))
    await trial.backend.remove(locator)
    await trial.assertGone(locator)
    const never = trial.backend.locate('never/there')
    if (never !== undefined) await trial.assertGone(never)
  })

  it('refuses what is no locator', async (trial) => {
    for (const locator of ['', '/etc/passwd', '../outside', 'a/../../outside', 'a\0b', '%zz', '%2e%2e/outside']) {
      await rejects(trial.backend.retrieve(locator), 'INVALID_INPUT')
      await rejects(trial.backend.stat(locator), 'INVALID_INPUT')
      await rejects(trial.backend.remove(locator), 'INVALID_INPUT')
    }
  })

  it('hands chunks over for good: they do not change later, and writing into one changes no blob', async (trial) => {
    const content = pattern(size)
    const { locator } = await trial.put('owned', content)
    sameBytes(await joined(await trial.stream(locator)), content)
    for await (const chunk of await trial.stream(locator)) chunk.fill(0)
    sameBytes(await trial.read(locator), content)
  })

  it('gives the same blob to several readers at once', async (trial) => {
    const content = pattern(size)
    const { locator } = await trial.put('shared', content)
    const streams = await Promise.all([1, 2, 3].map(() => trial.stream(locator)))
    for (const bytes of await Promise.all(streams.map(joined))) sameBytes(bytes, content)
  })

  it('lets a reader stop early, or never begin', async (trial) => {
    const content = pattern(size)
    const { locator } = await trial.put('left', content)
    assert.ok((await firstChunk(await trial.stream(locator))).length > 0)
    await trial.stream(locator)
    sameBytes(await trial.read(locator), content)
    await trial.backend.remove(locator)
    await trial.assertGone(locator)
  })

  it('stops a stream whose signal is aborted', async (trial) => {
    const { locator } = await trial.put('aborted', pattern(size))
    const controller = new AbortController()
    const stream = await trial.stream(locator, { signal: controller.signal })
    const reading = async (): Promise<void> => {
      for await (const _chunk of stream) controller.abort(_chunk.length)
    }
    await rejects(trial.promptly(reading()), 'INTERRUPTED')
  })
})

async function pendingAt({ backend }: Trial, locator: Locator, options: RetrieveOptions): Promise<Ticket> {
  const answer = await backend.retrieve(locator, options)
  assert.ok(answer.state === 'pending', 'ready before it was thawed')
  return answer.ticket
}

async function firstChunk(bytes: Bytes): Promise<Uint8Array> {
  for await (const chunk of bytes) return chunk
  throw new assert.AssertionError({ message: 'the stream is empty' })
}
