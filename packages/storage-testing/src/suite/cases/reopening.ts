import assert from 'node:assert/strict'

import { cases, type Case } from '../cases.js'
import { pattern } from '../sources.js'
import { assertKeepable, joined, sameBytes } from '../trial.js'

export const reopening: readonly Case[] = cases((it) => {
  it('is the same container with the same blobs for another process', async (trial) => {
    const content = pattern(70_000)
    const { locator } = await trial.put('kept', content)
    await trial.backend.close()
    const reopened = await trial.fixture.reopen()
    assert.equal(reopened.scheme, trial.backend.scheme)
    assert.equal(reopened.container, trial.backend.container)
    assert.deepEqual(reopened.capabilities, trial.capabilities)
    assert.deepEqual(
      (await trial.list(undefined, reopened)).map(({ name }) => name),
      ['kept'],
    )
    sameBytes(await joined(await trial.stream(locator, {}, reopened)), content)
    await reopened.remove(locator)
    await reopened.close()
  })

  it('shows another process at once what was put and removed', async (trial) => {
    const other = await trial.fixture.reopen()
    const { locator } = await trial.put('seen', pattern(10))
    sameBytes(await trial.read(locator, {}, other), pattern(10))
    await other.remove(locator)
    await trial.assertGone(locator)
    await other.close()
  })

  it('takes nothing from others when it is closed', async (trial) => {
    const { locator } = await trial.put('kept', pattern(10))
    const other = await trial.fixture.reopen()
    await trial.read(locator, {}, other)
    await other.close()
    sameBytes(await trial.read(locator), pattern(10))
  })

  it('lets another process ask again for what stat says, where that takes a ticket', async (trial) => {
    const { locator } = await trial.put('known', pattern(10))
    await trial.fixture.takeInventory?.()
    const first = await trial.backend.stat(locator)
    if (first.state === 'ready') return
    await trial.thaw()
    const reopened = await trial.fixture.reopen()
    const thawed = await reopened.stat(locator, { ticket: first.ticket })
    assert.equal(thawed.state, 'ready', 'pending after thaw()')
    await reopened.close()
  })

  it('declares itself in words that fit the contract', ({ backend, capabilities }) => {
    assert.match(backend.scheme, /^[a-z][a-z0-9+.-]*$/)
    assertKeepable(backend.container)
    assert.ok(['immediate', 'deferred'].includes(capabilities.retrieval))
    assert.ok(['immediate', 'deferred'].includes(capabilities.listing))
    assert.equal(typeof capabilities.names, 'boolean')
    assert.equal(typeof capabilities.ranges, 'boolean')
    assert.ok(Number.isInteger(capabilities.minimumStorageDays) && capabilities.minimumStorageDays >= 0)
    assert.ok([undefined, 'bytes', 'size'].includes(capabilities.confirmation))
    return Promise.resolve()
  })

  it('can be closed twice', async ({ backend }) => {
    await backend.close()
    await backend.close()
  })
})
