import assert from 'node:assert/strict'

import { isBakthatError } from '@bakthat/errors'
import { registers, type Registers } from '@bakthat/storage'

import { cases, type Case } from './cases.js'
import { pattern } from './sources.js'
import type { Runner, Subject } from './subject.js'
import { rejects, sameBytes, Trial } from './trial.js'

/**
 * Holds a backend's registers to their contract, each test on an empty container of its own. For backends that have the
 * talent; beside {@link describeStorageBackend}.
 */
export function describeRegisters(name: string, runner: Runner, subject: Subject): void {
  runner.describe(`${name} keeps the contract of registers`, () => {
    for (const { title, run } of registering) {
      runner.it(title, async () => {
        const fixture = await subject.create()
        try {
          await run(new Trial(fixture, subject.patienceSeconds ?? 10))
        } finally {
          await fixture.dispose()
        }
      })
    }
  })
}

const registering: readonly Case[] = cases((it) => {
  for (const size of [0, 1, 5 * 1024 * 1024 + 3]) {
    it(`gives back a value of ${size} bytes, with the etag that it was written with`, async (trial) => {
      const { etag } = await talentOf(trial).write('value', pattern(size))
      const read = await talentOf(trial).read('value')
      sameBytes(read.bytes, pattern(size))
      assert.equal(read.etag, etag)
      assert.match(etag, /^[\x21-\x7e]{1,1024}$/)
      await trial.assertTidy()
    })
  }

  it('replaces a value, also for others, and gives it another etag', async (trial) => {
    const first = await talentOf(trial).write('a/value', pattern(10, 1))
    const second = await talentOf(trial).write('a/value', pattern(20, 2))
    assert.notEqual(first.etag, second.etag)
    const others = registers(await trial.fixture.reopen())!
    sameBytes((await others.read('a/value')).bytes, pattern(20, 2))
    await trial.assertTidy()
  })

  it('is a blob like others to those who list, ask and retrieve', async (trial) => {
    await talentOf(trial).write('a/value', pattern(10, 1))
    await talentOf(trial).write('a/value', pattern(20, 2))
    const [blob, ...others] = await trial.list()
    assert.deepEqual([blob?.name, blob?.size, others.length], ['a/value', 20, 0])
    assert.equal((await trial.stat(blob!.locator)).size, 20)
    sameBytes(await trial.read(blob!.locator), pattern(20, 2))
    await rejects(trial.put('a/value', pattern(30, 3)), 'ALREADY_EXISTS')
  })

  it('knows nothing of a name that was never written, or was erased', async (trial) => {
    await rejects(talentOf(trial).read('value'), 'NOT_FOUND')
    await talentOf(trial).erase('value')
    await talentOf(trial).write('value', pattern(10))
    await talentOf(trial).erase('value')
    await talentOf(trial).erase('value')
    await rejects(talentOf(trial).read('value'), 'NOT_FOUND')
    assert.deepEqual(await trial.list(), [])
    await trial.assertTidy()
  })

  it('writes and erases only what the etag stands for', async (trial) => {
    const first = await talentOf(trial).write('value', pattern(10, 1))
    const second = await talentOf(trial).write('value', pattern(10, 2), { ifMatch: first.etag })
    await rejects(talentOf(trial).write('value', pattern(10, 3), { ifMatch: first.etag }), 'ALREADY_EXISTS')
    await rejects(talentOf(trial).erase('value', { ifMatch: first.etag }), 'ALREADY_EXISTS')
    sameBytes((await talentOf(trial).read('value')).bytes, pattern(10, 2))
    await talentOf(trial).erase('value', { ifMatch: second.etag })
    await rejects(talentOf(trial).write('value', pattern(10, 3), { ifMatch: second.etag }), 'ALREADY_EXISTS')
    await rejects(talentOf(trial).erase('value', { ifMatch: second.etag }), 'ALREADY_EXISTS')
    await trial.assertNothing('value')
  })

  it('writes and erases only where there is nothing when nothing is to match', async (trial) => {
    await talentOf(trial).erase('value', { ifMatch: null })
    await talentOf(trial).write('value', pattern(10, 1), { ifMatch: null })
    await rejects(talentOf(trial).write('value', pattern(10, 2), { ifMatch: null }), 'ALREADY_EXISTS')
    await rejects(talentOf(trial).erase('value', { ifMatch: null }), 'ALREADY_EXISTS')
    sameBytes((await talentOf(trial).read('value')).bytes, pattern(10, 1))
  })

  it('lets one of many write first where there is nothing', async (trial) => {
    const talents = [talentOf(trial), registers(await trial.fixture.reopen())!]
    const writes = Array.from({ length: 12 }, (_, index) =>
      talents[index % 2]!.write('value', pattern(10, index + 1), { ifMatch: null }),
    )
    const results = await Promise.allSettled(writes)
    const won = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [index + 1] : []))
    assert.equal(won.length, 1)
    sameBytes((await talentOf(trial).read('value')).bytes, pattern(10, won[0]))
    for (const write of results)
      if (write.status === 'rejected')
        await rejects(Promise.reject(write.reason as Error), 'ALREADY_EXISTS', 'UNAVAILABLE')
    await trial.assertTidy()
  })

  it('loses none of the increments that many make at the same time', async (trial) => {
    const others = registers(await trial.fixture.reopen())!
    await talentOf(trial).write('counter', Buffer.from('0'))
    const all = Array.from({ length: 12 }, (_, index) => increment(index % 2 === 0 ? talentOf(trial) : others))
    await Promise.all(all)
    assert.equal(Buffer.from((await talentOf(trial).read('counter')).bytes).toString(), '12')
    await trial.assertTidy()
  })

  it('gives a reader one whole value while others write', async (trial) => {
    const sizes = [1, 2, 3, 4, 5, 6].map((factor) => factor * 10_007)
    const values = new Set(sizes.map((size) => Buffer.from(pattern(size, size % 251)).toString('latin1')))
    const others = registers(await trial.fixture.reopen())!
    await talentOf(trial).write('value', pattern(sizes[0]!, sizes[0]! % 251))
    const writing = Promise.all(sizes.map((size) => talentOf(trial).write('value', pattern(size, size % 251))))
    for (let count = 0; count < 10; count++) {
      const { bytes } = await others.read('value')
      assert.ok(values.has(Buffer.from(bytes).toString('latin1')), 'a value was read that nobody wrote')
    }
    await writing
    await trial.assertTidy()
  })

  it('refuses what is no name, and stops for a signal', async (trial) => {
    await rejects(talentOf(trial).write('../value', pattern(1)), 'INVALID_INPUT')
    await rejects(talentOf(trial).read(''), 'INVALID_INPUT')
    const signal = AbortSignal.abort()
    await rejects(talentOf(trial).write('value', pattern(1), { signal }), 'INTERRUPTED')
    await rejects(talentOf(trial).read('value', { signal }), 'INTERRUPTED')
    await rejects(talentOf(trial).erase('value', { signal }), 'INTERRUPTED')
    await trial.assertNothing('value')
  })
})

function talentOf({ backend }: Trial): Registers {
  return registers(backend) ?? assert.fail('the backend has no registers')
}

/** Reads a number and writes the next one, as often as somebody else was faster. */
async function increment(talent: Registers): Promise<void> {
  for (;;) {
    const { bytes, etag } = await talent.read('counter')
    const next = Number(Buffer.from(bytes).toString()) + 1
    try {
      await talent.write('counter', Buffer.from(String(next)), { ifMatch: etag })
      return
    } catch (error) {
      if (!isBakthatError(error, 'ALREADY_EXISTS', 'UNAVAILABLE')) throw error
    }
  }
}
