import { describe, expect, it } from '@jest/globals'
import { single, type Pending } from '@bakthat/storage'

import { inChunks, joined, mebibyte, noise, TestVault } from './vault.js'

const large = noise(20 * mebibyte + 3)
const hour = 3_600_000

async function asked(test: TestVault): Promise<{ readonly locator: string; readonly ticket: string }> {
  const { locator } = await test.backend.put('large', inChunks(large))
  const answer = await test.backend.retrieve(locator)
  if (answer.state === 'ready') throw new Error('ready at once')
  return { locator, ticket: answer.ticket }
}

describe('bringing back', () => {
  it('says by when, asks as often as one likes for nothing, and gives the bytes for a day', async () => {
    await using test = await TestVault.make()
    const { locator, ticket } = await asked(test)
    const again = await test.backend.retrieve(locator, { ticket })
    expect(again).toEqual({ state: 'pending', ticket, expectedAt: new Date('2026-03-14T14:00:00Z') })
    test.emulator.finishJobs()
    const ready = await test.backend.retrieve(locator, { ticket })
    expect(ready).toMatchObject({ state: 'ready', expiresAt: new Date('2026-03-15T13:00:00Z') })
    expect(test.count('InitiateJob')).toBe(1)
  })

  it('pays once though the answer is lost, or the server is busy', async () => {
    await using test = await TestVault.make()
    const { faults } = test.emulator
    faults.add({ operation: 'InitiateJob' }, { lose: 'answer' })
    const { locator, ticket } = await asked(test)
    expect([test.vault.jobs.size, test.count('InitiateJob')]).toEqual([1, 1])
    await expect(test.backend.retrieve(locator, { ticket })).resolves.toMatchObject({ state: 'pending', ticket })
    const other = await test.backend.put('other', single(Buffer.from('b')))
    faults.add({ operation: 'InitiateJob', times: 3 }, { refuse: 503, code: 'ServiceUnavailableException' })
    await expect(test.backend.retrieve(other.locator)).resolves.toMatchObject({ state: 'pending' })
    expect(test.vault.jobs.size).toBe(2)
    faults.assertAllHit()
  })

  it('takes the tier that is asked for, and says what is faster or slower', async () => {
    await using test = await TestVault.make({ tier: 'bulk' })
    const { locator } = await test.backend.put('blob', single(Buffer.from('a')))
    await expect(test.backend.retrieve(locator)).resolves.toMatchObject({
      expectedAt: new Date('2026-03-14T21:00:00Z'),
    })
    const other = await test.backend.put('other', single(Buffer.from('b')))
    const fast = await test.backend.retrieve(other.locator, { tier: 'expedited' })
    expect(fast).toMatchObject({ expectedAt: new Date('2026-03-14T10:00:00Z') })
    expect([...test.vault.jobs.values()].map(({ tier }) => tier)).toEqual(['Bulk', 'Expedited'])
  })

  it('finds a job that is under way without its ticket, and begins none where it may not', async () => {
    await using test = await TestVault.make()
    const { locator } = await test.backend.put('blob', single(Buffer.from('a')))
    await expect(test.backend.retrieve(locator, { begin: false })).rejects.toMatchObject({ code: 'COLD' })
    const begun = await test.backend.retrieve(locator)
    await expect(test.backend.retrieve(locator, { begin: false })).resolves.toEqual(begun)
    expect(test.count('InitiateJob')).toBe(1)
  })

  it('finds it among more than the vault tells of at a time', async () => {
    await using test = await TestVault.make()
    const locators: string[] = []
    for (let index = 0; index < 60; index++)
      locators.push((await test.backend.put(`blob-${index}`, single(Buffer.from('a')))).locator)
    for (const locator of locators) await test.backend.retrieve(locator)
    for (const locator of locators)
      await expect(test.backend.retrieve(locator, { begin: false })).resolves.toMatchObject({ state: 'pending' })
    expect(test.count('InitiateJob')).toBe(60)
  })

  it('notices that what came back is gone again, and asks once more only if it may', async () => {
    await using test = await TestVault.make()
    const { locator, ticket } = await asked(test)
    test.emulator.clock.advance(29 * hour)
    await expect(test.backend.retrieve(locator, { ticket, begin: false })).rejects.toMatchObject({ code: 'COLD' })
    const again = await test.backend.retrieve(locator, { ticket })
    expect(again).toMatchObject({ state: 'pending' })
    expect(again).not.toMatchObject({ ticket })
  })

  it('tells of a job that failed, and asks once more only if it may', async () => {
    await using test = await TestVault.make()
    const { locator, ticket } = await asked(test)
    test.emulator.failJobs('There was a fire.')
    await expect(test.backend.retrieve(locator, { ticket, begin: false })).rejects.toMatchObject({
      code: 'COLD',
      message: expect.stringMatching(/the job failed: There was a fire$/),
    })
    const again = await test.backend.retrieve(locator, { ticket })
    expect(again).toMatchObject({ state: 'pending' })
    expect(again).not.toMatchObject({ ticket })
    expect(test.count('InitiateJob')).toBe(2)
    // Whoever still holds the first ticket finds what was asked for meanwhile.
    await expect(test.backend.retrieve(locator, { ticket, begin: false })).resolves.toEqual(again)
    test.emulator.finishJobs()
    expect(await test.backend.retrieve(locator, { ticket: (again as Pending).ticket })).toMatchObject({
      state: 'ready',
    })
  })

  it('tells of a tier, a limit or an archive that there is not', async () => {
    await using test = await TestVault.make()
    const { locator } = await test.backend.put('small', single(Buffer.from('small')))
    for (const [code, words] of [
      ['PolicyEnforcedException', 'data retrieval policy'],
      ['InsufficientCapacityException', 'that fast'],
    ] as const) {
      test.emulator.faults.add({ operation: 'InitiateJob', times: 10 }, { refuse: 400, code })
      await expect(test.backend.retrieve(locator)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining(words),
      })
      test.emulator.faults.clear()
    }
    await expect(test.backend.retrieve('never-there')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('asks for no more than about a range, and gives exactly that', async () => {
    await using test = await TestVault.make()
    const { locator } = await test.backend.put('large', inChunks(large))
    const range = { start: 8 * mebibyte - 5, end: 8 * mebibyte + 7 }
    expect((await test.read(locator, { range })).equals(large.subarray(range.start, range.end))).toBe(true)
    expect([...test.vault.jobs.values()].map(({ range: [start, end] }) => (end - start) / mebibyte)).toEqual([1, 1])
  })

  it('goes on where the connection broke, and fetches again what arrived damaged', async () => {
    await using test = await TestVault.make()
    const { locator, ticket } = await asked(test)
    test.emulator.finishJobs()
    const { faults } = test.emulator
    faults.add({ operation: 'GetJobOutput' }, { cutAnswer: 3_000_000 })
    faults.add({ operation: 'GetJobOutput', nth: 2 }, { damage: 'change a byte' })
    const ready = await test.backend.retrieve(locator, { ticket })
    if (ready.state === 'pending') throw new Error('pending')
    expect((await joined(ready.value)).equals(large)).toBe(true)
    faults.assertAllHit()
    const ranges = test.emulator.requests.flatMap(({ operation, headers }) =>
      operation === 'GetJobOutput' ? [Number(/=(\d+)-/.exec(headers.range ?? '')?.[1])] : [],
    )
    expect(ranges.some((start) => start > 0 && start % mebibyte !== 0)).toBe(true)
  })

  it('is given up after thirty attempts at a piece, as the sending of a part is', async () => {
    await using test = await TestVault.make()
    const { locator } = await test.backend.put('small', single(Buffer.from('small')))
    const fault = { refuse: 503, code: 'ServiceUnavailableException' }
    test.emulator.faults.add({ operation: 'GetJobOutput', times: 1000 }, fault)
    await expect(test.read(locator)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(test.count('GetJobOutput')).toBe(30)
  })

  it('gives no byte of an archive that is damaged in the service', async () => {
    await using test = await TestVault.make()
    const { locator, ticket } = await asked(test)
    test.emulator.finishJobs()
    test.emulator.faults.add({ operation: 'GetJobOutput', times: 100 }, { damage: 'change a byte' })
    const ready = await test.backend.retrieve(locator, { ticket })
    if (ready.state === 'pending') throw new Error('pending')
    const given: Uint8Array[] = []
    const reading = (async () => {
      for await (const chunk of ready.value) given.push(chunk)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(given).toEqual([])
  })

  it('gives no archive back that is another than was stored, though it is as the service says of it', async () => {
    await using test = await TestVault.make()
    const { locator, id } = await test.backend.put('large', inChunks(large))
    const other = test.emulator.store(test.name, Buffer.from(large).fill(1, 0, 1), 'other')
    await expect(test.read(locator.replace(id!, other.id))).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  it('brings back an archive of which nothing is known but its id, as the Python tool left them', async () => {
    await using test = await TestVault.make()
    const { id } = test.emulator.store(test.name, large, 'mydir.20130604191055.tgz')
    expect((await test.read(id)).equals(large)).toBe(true)
    expect((await test.read(id, { range: { start: 5, end: 9 } })).equals(large.subarray(5, 9))).toBe(true)
  })

  it('fails where the archive was removed meanwhile', async () => {
    await using test = await TestVault.make()
    const { locator, ticket } = await asked(test)
    await test.backend.remove(locator)
    await expect(test.backend.retrieve(locator, { ticket })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
