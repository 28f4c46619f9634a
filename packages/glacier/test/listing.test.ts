import { describe, expect, it } from '@jest/globals'
import { single, type BlobInfo, type Listing, type Pending } from '@bakthat/storage'

import { inChunks, mebibyte, noise, TestVault } from './vault.js'

const hour = 3_600_000

async function inventory(test: TestVault): Promise<Listing> {
  const asked = await test.backend.list()
  if (asked.state === 'ready') return asked.value
  test.emulator.finishJobs()
  const answer = await test.backend.list({ ticket: asked.ticket })
  if (answer.state === 'pending') throw new Error('still pending')
  return answer.value
}

async function blobs(listing: Listing): Promise<BlobInfo[]> {
  const all: BlobInfo[] = []
  for await (const blob of listing) all.push(blob)
  return all
}

describe('the inventory of a vault', () => {
  it('is asked for anew where the job for it failed', async () => {
    await using test = await TestVault.make()
    await test.backend.put('a', single(Buffer.from('a')))
    test.emulator.takeInventory()
    const first = (await test.backend.list()) as Pending
    test.emulator.failJobs('There was a fire.')
    const second = (await test.backend.list({ ticket: first.ticket })) as Pending
    expect(second).toMatchObject({ state: 'pending', ticket: expect.not.stringMatching(first.ticket) })
    test.emulator.finishJobs()
    expect(await test.backend.list({ ticket: second.ticket })).toMatchObject({ state: 'ready' })
  })

  it('is of the day before, and says so', async () => {
    await using test = await TestVault.make()
    await test.backend.put('first', single(Buffer.from('first')))
    test.emulator.clock.advance(30 * hour)
    await test.backend.put('second', single(Buffer.from('second')))
    const listing = await inventory(test)
    expect(listing.asOf).toEqual(new Date('2026-03-15T09:00:00Z'))
    expect((await blobs(listing)).map(({ name }) => name)).toEqual(['first'])
  })

  it('still has what was deleted since it was taken', async () => {
    await using test = await TestVault.make()
    const { locator } = await test.backend.put('first', single(Buffer.from('first')))
    test.emulator.clock.advance(25 * hour)
    await test.backend.remove(locator)
    expect((await blobs(await inventory(test))).map((blob) => blob.locator)).toEqual([locator])
  })

  it('is none of an empty vault where there is no such vault', async () => {
    await using other = await TestVault.make({ vault: 'mistyped' })
    await expect(other.backend.list()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('there is no such vault'),
    })
  })

  it('has to be waited for a day where there is none yet', async () => {
    await using test = await TestVault.make()
    await test.backend.put('first', single(Buffer.from('first')))
    const first = await test.backend.list()
    expect(first).toEqual({ state: 'pending', ticket: 'inventory', expectedAt: new Date('2026-03-15T09:00:00Z') })
    test.emulator.clock.advance(25 * hour)
    const second = await test.backend.list({ ticket: 'inventory' })
    expect(second).toMatchObject({ state: 'pending', ticket: expect.stringMatching(/^inventory ./) })
  })

  it('is asked for again when its output is gone', async () => {
    await using test = await TestVault.make()
    await test.backend.put('first', single(Buffer.from('first')))
    test.emulator.takeInventory()
    const { ticket } = (await test.backend.list()) as { ticket: string }
    test.emulator.clock.advance(29 * hour)
    const again = await test.backend.list({ ticket })
    expect(again).toMatchObject({ state: 'pending' })
    expect(again).not.toMatchObject({ ticket })
  })

  it('tells everything that a catalog needs, of our archives and of those of others', async () => {
    await using test = await TestVault.make({ partSize: 4 * mebibyte })
    const record = { date: new Date('2026-03-14T09:00:00Z'), host: 'anna', tags: ['a'] }
    const small = await test.backend.put('small', single(Buffer.from('small')), { record })
    const large = await test.backend.put('large', inChunks(noise(20 * mebibyte)), { record })
    const empty = await test.backend.put('empty', single(new Uint8Array()), { record })
    test.emulator.store(test.name, Buffer.from('old'), 'mydir.20130604191055.tgz')
    const foreign = test.emulator.store(test.name, Buffer.from('foreign'), '')
    test.emulator.takeInventory()
    const inParts = { name: 'large', size: large.size, locator: large.locator }
    expect(await blobs(await inventory(test))).toMatchObject([
      { ...small, record },
      { ...inParts, record },
      { ...empty, record },
      { name: 'mydir.20130604191055.tgz', size: 3 },
      { name: foreign.id, size: 7, locator: expect.stringContaining(foreign.id) },
    ])
  })

  it('of thousands of archives comes in pieces, over a connection that breaks', async () => {
    await using test = await TestVault.make()
    const archive = test.emulator.store(test.name, Buffer.from('a'), 'x'.repeat(1000))
    for (let index = 0; index < 5000; index++) {
      test.vault.archives.set(`copy-${index}`, { ...archive, id: `copy-${index}` })
    }
    test.emulator.takeInventory()
    test.emulator.faults.add({ operation: 'GetJobOutput', nth: 2 }, { cutAnswer: 1_000_001 })
    expect(await blobs(await inventory(test))).toHaveLength(5001)
    test.emulator.faults.assertAllHit()
  })
})
