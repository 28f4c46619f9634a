import assert from 'node:assert/strict'

import { compareNames, idOfLocator } from '@bakthat/storage'

import { cases, type Case } from '../cases.js'
import { pattern } from '../sources.js'
import { assertKeepable, assertMoment, rejects, sameBytes, type Trial } from '../trial.js'

const names = [
  'B',
  'a',
  'a b',
  'a%2Fb',
  'a-b',
  'a.b',
  'a0',
  'b/a',
  'b/aa/c',
  'b-a',
  'b0',
  'c%d',
  'c+d',
  'é',
  '\uffee',
  '🗄',
]

export const listing: readonly Case[] = cases((it) => {
  it('lists nothing in an empty container', async (trial) => {
    assert.deepEqual(await trial.list(), [])
    assert.deepEqual(await trial.list('a'), [])
  })

  it('lists everything with name, size and locator, in the order of the bytes of names', async (trial) => {
    const stored = await putAll(trial)
    const listed = await trial.list()
    if (trial.capabilities.names)
      assert.deepEqual(
        listed.map(({ name }) => name),
        [...names].sort(compareNames),
      )
    assert.equal(listed.length, names.length)
    for (const { name, size, locator, sha256, storedAt, id } of listed) {
      const blob = stored.get(name)
      assert.deepEqual({ size, locator }, { size: blob?.size, locator: blob?.locator })
      assert.ok(sha256 === undefined || sha256 === blob?.sha256)
      assertMoment(storedAt)
      assert.equal(id === undefined, trial.capabilities.names, 'only stores without names have a word of their own')
    }
  })

  it('lists what begins with a prefix, taken letter by letter', async (trial) => {
    await putAll(trial)
    for (const prefix of [
      'a',
      'a ',
      'b/',
      'b/a',
      'b',
      'c%',
      'c+',
      'a%2F',
      '\uffee',
      '🗄',
      'nothing',
      'b/a/',
      '../',
      '/',
      '*',
    ]) {
      const expected = names.filter((name) => name.startsWith(prefix)).sort(compareNames)
      const listed = await trial.names(prefix)
      assert.deepEqual(trial.capabilities.names ? listed : listed.sort(compareNames), expected, `prefix ${prefix}`)
    }
  })

  it('gives back what was written beside a blob, where blobs have no names', async (trial) => {
    if (trial.capabilities.names) return
    const record = { date: new Date('2026-03-14T09:26:53Z'), tags: ['one', 'ü'], host: 'anna' }
    const { id, locator } = await trial.put('beside', pattern(10), { record })
    assert.equal(idOfLocator(locator), id)
    const [blob] = await trial.list()
    assert.ok(id !== undefined && id !== '', 'the store has no word of its own for the blob')
    assert.deepEqual([blob?.id, blob?.record], [id, record])
  })

  it('gives locators that retrieve', async (trial) => {
    await trial.put('listed', pattern(3000))
    const [blob] = await trial.list()
    sameBytes(await trial.read(blob!.locator), pattern(3000))
  })

  it('answers as its capabilities say: at once, or first with a ticket that any process can ask again with', async (trial) => {
    await trial.put('listed', pattern(10))
    const first = await trial.backend.list()
    assert.equal(first.state, trial.capabilities.listing === 'immediate' ? 'ready' : 'pending')
    if (first.state === 'ready') {
      assert.equal(first.value.asOf, undefined, 'a listing of now is of no other moment')
      return
    }
    assertKeepable(first.ticket)
    const again = await trial.backend.list({ ticket: first.ticket })
    assert.equal(again.state, 'pending', 'ready before it was thawed')
    await trial.thaw()
    const reopened = await trial.fixture.reopen()
    const thawed = await reopened.list({ ticket: first.ticket })
    assert.ok(thawed.state === 'ready', 'pending after thaw()')
    assertMoment(thawed.value.asOf)
    await reopened.close()
  })

  it('stops a listing whose signal is aborted', async (trial) => {
    await putAll(trial)
    const controller = new AbortController()
    const blobs = await trial.listing({ signal: controller.signal })
    const reading = async (): Promise<void> => {
      for await (const { size } of blobs) controller.abort(size)
    }
    await rejects(trial.promptly(reading()), 'INTERRUPTED')
  })

  it('lets a reader of the listing stop early', async (trial) => {
    await putAll(trial)
    for await (const { name } of await trial.listing()) if (names.includes(name)) break
    assert.equal((await trial.list()).length, names.length)
  })
})

async function putAll(trial: Trial): Promise<Map<string, Awaited<ReturnType<Trial['put']>>>> {
  const stored = new Map<string, Awaited<ReturnType<Trial['put']>>>()
  for (const [index, name] of [...names].reverse().entries())
    stored.set(name, await trial.put(name, pattern(index * 10)))
  return stored
}
