import { describe, expect, it } from '@jest/globals'
import { day, hour, settableClock } from '@bakthat/emulator/s3'
import type { S3Backend, S3Options } from '@bakthat/s3'
import { single, type Availability } from '@bakthat/storage'

import { failureOf, noise, read } from './bytes.js'
import { bucketName, onEmulated, type Emulated } from './emulated.js'

const start = new Date('2026-03-01T12:00:00Z')

function withColdBlob(
  options: Partial<S3Options>,
  test: (backend: S3Backend, at: Emulated, locator: string) => Promise<void>,
): Promise<void> {
  return onEmulated(
    async (backend, at) => {
      const { locator } = await backend.put('blob', single(noise(100)))
      await test(backend, at, locator)
    },
    { storageClass: 'GLACIER', ...options },
    { clock: settableClock(start) },
  )
}

const restores = (at: Emulated): number => at.asked().filter((operation) => operation === 'RestoreObject').length

function ticketIn(answer: Availability<unknown>): string {
  if (answer.state === 'ready') throw new Error('it is ready')
  return answer.ticket
}

const after = (milliseconds: number): Date => new Date(start.getTime() + milliseconds)

describe('a cold object', () => {
  for (const [storageClass, tier, hours] of [
    ['GLACIER', 'expedited', 1],
    ['GLACIER', undefined, 5],
    ['GLACIER', 'bulk', 12],
    ['DEEP_ARCHIVE', 'standard', 12],
    ['DEEP_ARCHIVE', 'expedited', 12],
    ['DEEP_ARCHIVE', 'bulk', 48],
  ] as const) {
    const how = tier === undefined ? 'by default' : `by ${tier}`
    it(`of ${storageClass} is readable ${hours} h after it was asked for ${how}, as was said`, () =>
      withColdBlob({ storageClass }, async (backend, { server }, locator) => {
        const answer = await backend.retrieve(locator, tier === undefined ? {} : { tier })
        expect(answer).toMatchObject({ state: 'pending', expectedAt: after(hours * hour) })
        server.clock.advance(hours * hour)
        expect((await backend.retrieve(locator, { ticket: ticketIn(answer) })).state).toBe('ready')
      }))
  }

  it('takes the tier and the days of the options unless a call says otherwise', () =>
    withColdBlob({ restore: { tier: 'bulk', days: 2 } }, async (backend, { server }, locator) => {
      expect(await backend.retrieve(locator)).toMatchObject({ expectedAt: after(12 * hour) })
      server.clock.advance(12 * hour)
      expect(await backend.retrieve(locator)).toMatchObject({ expiresAt: new Date('2026-03-04T00:00:00Z') })
    }))

  it('is kept readable for the days of the call, and cold again afterwards', () =>
    withColdBlob({}, async (backend, at, locator) => {
      const { server } = at
      const asked = await backend.retrieve(locator, { days: 1, tier: 'expedited' })
      server.clock.advance(hour)
      const answer = await backend.retrieve(locator, { ticket: ticketIn(asked) })
      expect(answer).toMatchObject({ state: 'ready', expiresAt: new Date('2026-03-03T00:00:00Z') })
      expect(await read(backend, locator)).toEqual(noise(100))
      server.clock.advance(2 * day)
      const again = await backend.retrieve(locator, { ticket: ticketIn(asked) })
      expect(again).toMatchObject({ state: 'pending', expectedAt: after(2 * day + 6 * hour) })
      expect(ticketIn(again)).not.toBe(ticketIn(asked))
      expect(restores(at)).toBe(2)
    }))

  it.each([0, -1, 1.5, NaN])('is not asked for with %d days', (days) =>
    withColdBlob({}, async (backend, at, locator) => {
      await expect(backend.retrieve(locator, { days })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(restores(at)).toBe(0)
    }),
  )

  it('is asked for once, with and without the ticket', () =>
    withColdBlob({}, async (backend, at, locator) => {
      const first = await backend.retrieve(locator)
      const ticket = ticketIn(first)
      expect(await backend.retrieve(locator, { ticket })).toEqual(first)
      expect(await backend.retrieve(locator)).toMatchObject({ state: 'pending' })
      expect(await backend.retrieve(locator, { ticket, tier: 'bulk' })).toEqual(first)
      expect(restores(at)).toBe(1)
    }))

  it('is thawed faster when a faster tier is asked for meanwhile, and not when it may not be begun', () =>
    withColdBlob({}, async (backend, at, locator) => {
      const first = await backend.retrieve(locator, { tier: 'bulk' })
      const ticket = ticketIn(first)
      expect(await backend.retrieve(locator, { ticket, tier: 'expedited', begin: false })).toEqual(first)
      const faster = await backend.retrieve(locator, { ticket, tier: 'standard' })
      expect(faster).toMatchObject({ state: 'pending', expectedAt: after(5 * hour) })
      expect(ticketIn(faster)).not.toBe(ticket)
      expect(restores(at)).toBe(2)
      at.server.clock.advance(5 * hour)
      expect((await backend.retrieve(locator, { ticket: ticketIn(faster) })).state).toBe('ready')
    }))

  it('is hastened for the days that it was asked for, and told as it is where it cannot be', () =>
    withColdBlob({}, async (backend, at, locator) => {
      const first = await backend.retrieve(locator, { tier: 'bulk', days: 3 })
      expect(await backend.retrieve(locator, { tier: 'expedited', days: 5 })).toMatchObject({
        expectedAt: after(12 * hour),
      })
      expect(at.server.requests.at(-1)?.status).toBe(409)
      const faster = await backend.retrieve(locator, { ticket: ticketIn(first), tier: 'expedited', days: 5 })
      expect(faster).toMatchObject({ expectedAt: after(hour) })
      const old = 'expedited thaw, done by 2026-03-14T10:00:00.000Z'
      expect(await backend.retrieve(locator, { ticket: old })).toMatchObject({ state: 'pending', ticket: old })
    }))

  it('is hastened without a ticket too, and stays as it is where a thaw as fast is under way', () =>
    withColdBlob({}, async (backend, at, locator) => {
      await backend.retrieve(locator, { tier: 'bulk' })
      expect(await backend.retrieve(locator)).toMatchObject({ expectedAt: after(12 * hour) })
      expect(await backend.retrieve(locator, { tier: 'expedited' })).toMatchObject({ expectedAt: after(hour) })
      expect(await backend.retrieve(locator, { tier: 'expedited' })).toMatchObject({ expectedAt: after(12 * hour) })
      at.server.clock.advance(hour)
      expect((await backend.retrieve(locator)).state).toBe('ready')
    }))

  it('says that there is no capacity for expedited thaws, and what to do', () =>
    withColdBlob({}, async (backend, { server }, locator) => {
      const code = 'GlacierExpeditedRetrievalNotAvailable'
      server.faults.add({ operation: 'RestoreObject', times: 10 }, { refuse: 503, code })
      const error = await failureOf(backend.retrieve(locator, { tier: 'expedited' }))
      expect(error).toMatchObject({ code: 'UNAVAILABLE', hint: expect.stringContaining('standard') })
      expect((await backend.retrieve(locator, { tier: 'standard' })).state).toBe('pending')
    }))

  it('is pending when somebody else asked for it at the same moment', () =>
    withColdBlob({}, async (backend, { server }, locator) => {
      server.faults.add({ operation: 'RestoreObject' }, { refuse: 409, code: 'RestoreAlreadyInProgress' })
      expect(await backend.retrieve(locator)).toMatchObject({ state: 'pending' })
    }))

  it('is COLD where nothing may be begun: also when its copy is gone again', () =>
    withColdBlob({}, async (backend, { server }, locator) => {
      await expect(backend.retrieve(locator, { begin: false })).rejects.toMatchObject({
        code: 'COLD',
        message: expect.stringContaining('nobody has asked for it'),
      })
      const ticket = ticketIn(await backend.retrieve(locator, { days: 1 }))
      server.clock.advance(5 * hour)
      expect((await backend.retrieve(locator, { ticket, begin: false })).state).toBe('ready')
      server.clock.advance(2 * day)
      await expect(backend.retrieve(locator, { ticket, begin: false })).rejects.toMatchObject({
        code: 'COLD',
        message: expect.stringContaining('gone again'),
      })
    }))

  it('is COLD in the middle of a download that its copy does not outlive', () =>
    withColdBlob({}, async (backend, { server }, locator) => {
      await backend.retrieve(locator, { days: 1 })
      server.clock.advance(5 * hour)
      const answer = await backend.retrieve(locator)
      server.clock.advance(2 * day)
      const reading = async (): Promise<void> => {
        if (answer.state === 'ready') for await (const chunk of answer.value) expect(chunk.length).toBe(0)
      }
      await expect(reading()).rejects.toMatchObject({ code: 'COLD' })
    }))

  it('takes no ticket of another store', () =>
    withColdBlob({}, async (backend, _, locator) => {
      await expect(backend.retrieve(locator, { ticket: 'job-1' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }))

  it('can be looked up and removed without being thawed, and says until when it is paid for', () =>
    withColdBlob({}, async (backend, at, locator) => {
      const { value } = (await backend.stat(locator)) as { value: object }
      const known = { size: 100, storageClass: 'GLACIER', storedAt: start, paidUntil: after(90 * day) }
      expect(value).toMatchObject(known)
      const listing = await backend.list()
      if (listing.state === 'ready') for await (const blob of listing.value) expect(blob).toMatchObject(known)
      await backend.remove(locator)
      expect(at.server.buckets.get(bucketName)!.keys).toEqual([])
      expect(restores(at)).toBe(0)
    }))

  it('of GLACIER_IR is none', () =>
    withColdBlob({ storageClass: 'GLACIER_IR' }, async (backend, _, locator) => {
      expect(await read(backend, locator)).toEqual(noise(100))
      expect(await backend.stat(locator)).toMatchObject({ value: { paidUntil: after(90 * day) } })
    }))

  for (const [status, tier, hours] of [
    ['ARCHIVE_ACCESS', 'expedited', 1],
    ['ARCHIVE_ACCESS', 'standard', 5],
    ['DEEP_ARCHIVE_ACCESS', 'expedited', 12],
  ] as const) {
    it(`that Intelligent-Tiering has moved to ${status} comes back for good, by ${tier} after ${hours} h`, () =>
      withColdBlob({ storageClass: 'INTELLIGENT_TIERING' }, async (backend, { server }, locator) => {
        server.archive(bucketName, 'blob', status)
        await expect(backend.retrieve(locator, { begin: false })).rejects.toMatchObject({ code: 'COLD' })
        const answer = await backend.retrieve(locator, { tier, days: 3 })
        expect(answer).toMatchObject({ state: 'pending', expectedAt: after(hours * hour) })
        server.clock.advance(hours * hour)
        expect(await read(backend, locator, { ticket: ticketIn(answer) })).toEqual(noise(100))
        server.clock.advance(100 * day)
        expect(await read(backend, locator)).toEqual(noise(100))
      }))
  }
})
