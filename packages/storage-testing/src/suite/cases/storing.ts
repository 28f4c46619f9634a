import assert from 'node:assert/strict'

import type { StorageBackend } from '@bakthat/storage'

import { cases, type Case } from '../cases.js'
import { inChunks, pattern, WatchedSource } from '../sources.js'
import { assertKeepable, assertMoment, rejects, sameBytes, sha256Of } from '../trial.js'

const mebibyte = 1024 * 1024

export const storing: readonly Case[] = cases((it) => {
  for (const size of [0, 1, 65_535, 65_536, 65_537, 5 * mebibyte + 3]) {
    it(`gives back a blob of ${size} bytes, with its size and SHA-256`, async (trial) => {
      const content = pattern(size)
      const blob = await trial.put('blob', content)
      assert.equal(blob.name, 'blob')
      assert.equal(blob.size, size)
      assert.equal(blob.sha256, sha256Of(content))
      assertKeepable(blob.locator)
      sameBytes(await trial.read(blob.locator), content)
    })
  }

  it('stores many chunks of odd sizes, empty ones among them, in their order', async (trial) => {
    const content = pattern(700_001)
    const { locator, sha256 } = await trial.backend.put('odd', inChunks(content, 1, 0, 4093, 7, 65_537, 0, 100, 3))
    assert.equal(sha256, sha256Of(content))
    sameBytes(await trial.read(locator), content)
  })

  it('stores one very large chunk', async (trial) => {
    const content = pattern(9 * mebibyte + 1)
    const { locator } = await trial.backend.put('large', inChunks(content, content.length))
    sameBytes(await trial.read(locator), content)
  })

  it('asks its source for one chunk at a time, and for none after the end', async (trial) => {
    const source = new WatchedSource(Array.from({ length: 40 }, (_, index) => pattern(50_000, index + 1)))
    await trial.backend.put('paced', source)
    assert.deepEqual(source.mistakes, [])
    assert.equal(source.asked, 41)
  })

  it('says what stat says of it', async (trial) => {
    const blob = await trial.put('known', pattern(4321))
    const { state } = await trial.backend.stat(blob.locator)
    assert.equal(state, trial.capabilities.listing === 'immediate' ? 'ready' : 'pending')
    const { name, size, locator, sha256, storedAt } = await trial.stat(blob.locator)
    assert.deepEqual({ name, size, locator }, { name: 'known', size: 4321, locator: blob.locator })
    assert.ok(sha256 === undefined || sha256 === blob.sha256)
    assertMoment(storedAt)
  })

  it('says until when a blob is paid for, where there is a minimum of days', async (trial) => {
    const { minimumStorageDays: days } = trial.capabilities
    const put = await trial.put('paid', pattern(10))
    const [listed] = await trial.list()
    for (const { storedAt, paidUntil } of [put, await trial.stat(put.locator), listed!]) {
      if (days === 0) assert.equal(paidUntil, undefined)
      else assert.equal(paidUntil?.getTime(), storedAt === undefined ? NaN : storedAt.getTime() + days * 86_400_000)
    }
  })

  it('keeps a blob as it was when its name is put again, or stores another where there are no names', async (trial) => {
    const [first, second] = [pattern(70_000, 1), pattern(60_000, 2)]
    const { locator } = await trial.put('taken', first)
    if (trial.capabilities.names) {
      const source = new WatchedSource([second, second])
      await rejects(trial.backend.put('taken', source), 'ALREADY_EXISTS')
      assert.ok(source.isOver || source.asked === 0, 'the source was not stopped')
      assert.equal((await trial.list()).length, 1)
    } else {
      const other = await trial.put('taken', second)
      assert.notEqual(other.locator, locator)
      sameBytes(await trial.read(other.locator), second)
    }
    sameBytes(await trial.read(locator), first)
    await trial.assertTidy()
  })

  it('shows nothing of a blob before all of it is stored', async (trial) => {
    const chunks = [1, 2, 3].map((seed) => pattern(mebibyte, seed))
    const source = new WatchedSource(chunks, () => trial.assertUnseen('growing'))
    const { locator } = await trial.backend.put('growing', source)
    sameBytes(await trial.read(locator), Buffer.concat(chunks))
  })

  it('lets exactly one of two puts at the same time have the name, whole', async (trial) => {
    const contents = [pattern(300_000, 1), pattern(300_000, 2)]
    const other = await trial.fixture.reopen()
    const { sources, puts } = race([trial.backend, other], contents)
    const results = await Promise.allSettled(puts)
    assert.deepEqual(
      sources.map(({ isOver, asked }) => isOver || asked === 0),
      [true, true],
      'a source was not stopped',
    )
    const won = results.flatMap((result, index) => (result.status === 'fulfilled' ? [{ index, ...result.value }] : []))
    assert.equal(won.length, trial.capabilities.names ? 1 : 2)
    for (const { index, locator } of won) sameBytes(await trial.read(locator), contents[index]!)
    for (const put of results)
      if (put.status === 'rejected') await rejects(Promise.reject(put.reason as Error), 'ALREADY_EXISTS')
    await trial.assertTidy()
    await other.close()
  })

  it('stores many blobs at the same time', async (trial) => {
    const contents = Array.from({ length: 16 }, (_, index) => pattern(10_000 * index + index, index + 1))
    const blobs = await Promise.all(contents.map((content, index) => trial.put(`many/${index}`, content)))
    for (const [index, { locator }] of blobs.entries()) sameBytes(await trial.read(locator), contents[index]!)
    assert.equal((await trial.list()).length, 16)
  })
})

/** Two puts of one name, neither of which gets its second chunk before the other has asked for its own or is over. */
function race(
  backends: readonly StorageBackend[],
  contents: readonly Uint8Array[],
): { sources: readonly WatchedSource[]; puts: readonly ReturnType<StorageBackend['put']>[] } {
  let arrived = 0
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  const arrive = (): Promise<void> => {
    if (++arrived === contents.length) open()
    return opened
  }
  const sources = contents.map(
    (content) =>
      new WatchedSource([content.slice(0, 100_000), content.slice(100_000)], (index) =>
        index === 0 ? arrive() : Promise.resolve(),
      ),
  )
  const puts = sources.map((source, index) => backends[index]!.put('contested', source).finally(open))
  return { sources, puts }
}
