import assert from 'node:assert/strict'

import { cases, type Case } from '../cases.js'
import { pattern } from '../sources.js'
import { sameBytes } from '../trial.js'

export const removing: readonly Case[] = cases((it) => {
  it('removes a blob, and its name can be used again', async (trial) => {
    const { locator } = await trial.put('removed', pattern(100, 1))
    await trial.backend.remove(locator)
    await trial.assertNothing('removed')
    const again = await trial.put('removed', pattern(200, 2))
    sameBytes(await trial.read(again.locator), pattern(200, 2))
  })

  it('removes a blob that is not there, or not there any more, with success', async (trial) => {
    const { locator } = await trial.put('removed', pattern(100))
    await trial.backend.remove(locator)
    await trial.backend.remove(locator)
    const never = trial.backend.locate('never/there')
    if (never !== undefined) await trial.backend.remove(never)
    assert.deepEqual(await trial.list(), [])
  })

  it('removes that blob and no other', async (trial) => {
    const others = ['site', 'site-db', 'site/db', 'site.bak', 'sit', 'mysite'].filter((name) => name !== 'site')
    const { locator } = await trial.put('site.tar', pattern(10))
    for (const name of others) await trial.put(name, pattern(10))
    await trial.backend.remove(locator)
    assert.deepEqual((await trial.names()).sort(), [...others].sort())
  })

  it('removes nothing when one of two removals at the same time comes too late', async (trial) => {
    const { locator } = await trial.put('removed', pattern(100))
    await Promise.all([trial.backend.remove(locator), trial.backend.remove(locator)])
    assert.deepEqual(await trial.list(), [])
  })
})
