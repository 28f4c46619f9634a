import { describe, expect, it } from '@jest/globals'
import { openS3, type S3Options } from '@bakthat/s3'
import { single, type StorageBackend } from '@bakthat/storage'
import { describeStorageBackend } from '@bakthat/storage-testing'

import { noise, read } from './bytes.js'
import { FakeS3 } from './fake-s3.js'

describeStorageBackend(
  'a bucket with cold storage',
  { describe, it },
  {
    async create() {
      const fake = await FakeS3.start()
      const options: S3Options = { ...fake.options, storageClass: 'GLACIER', prefix: 'cold/' }
      const backend = openS3(options)
      return {
        backend,
        reopen: () => Promise.resolve(openS3(options)),
        thaw: () => {
          fake.thaw()
          return Promise.resolve()
        },
        leftovers: () => Promise.resolve([...fake.uploads.values()].map(({ key }) => key)),
        dispose: async () => {
          await backend.close()
          await fake[Symbol.asyncDispose]()
        },
      }
    },
  },
)

const now = new Date('2026-03-01T12:00:00Z')

async function withColdBlob(
  options: Partial<S3Options>,
  test: (backend: StorageBackend, fake: FakeS3, locator: string) => Promise<void>,
): Promise<void> {
  await using fake = await FakeS3.start()
  const backend = openS3({ ...fake.options, storageClass: 'GLACIER', now: () => now, ...options })
  const { locator } = await backend.put('blob', single(noise(100)))
  fake.log.length = 0
  await test(backend, fake, locator)
  await backend.close()
}

const restores = (fake: FakeS3): number => fake.log.filter((line) => line === 'POST blob?restore').length

describe('a cold object', () => {
  for (const [storageClass, tier, hours] of [
    ['GLACIER', 'expedited', 1],
    ['GLACIER', undefined, 5],
    ['GLACIER', 'bulk', 12],
    ['DEEP_ARCHIVE', 'standard', 12],
    ['DEEP_ARCHIVE', 'expedited', 12],
    ['DEEP_ARCHIVE', 'bulk', 48],
  ] as const) {
    it(`of ${storageClass} is expected ${hours} h after it was asked for${tier === undefined ? '' : ` by ${tier}`}`, () =>
      withColdBlob(
        { storageClass, ...(tier === undefined ? {} : { restore: { tier } }) },
        async (backend, _, locator) => {
          const expectedAt = new Date(now.getTime() + hours * 3_600_000)
          expect(await backend.retrieve(locator)).toMatchObject({ state: 'pending', expectedAt })
        },
      ))
  }

  it('is asked for once, with and without the ticket', () =>
    withColdBlob({}, async (backend, fake, locator) => {
      const first = await backend.retrieve(locator)
      const ticket = first.state === 'pending' ? first.ticket : ''
      expect(await backend.retrieve(locator, { ticket })).toEqual(first)
      expect(await backend.retrieve(locator)).toMatchObject({ state: 'pending' })
      expect(restores(fake)).toBe(1)
    }))

  it('is pending when somebody else asked for it at the same moment', () =>
    withColdBlob({}, async (backend, fake, locator) => {
      fake.faults = ({ query }) =>
        query.has('restore') ? { status: 409, code: 'RestoreAlreadyInProgress' } : undefined
      expect(await backend.retrieve(locator)).toMatchObject({ state: 'pending' })
    }))

  it('is readable when it is thawed, and says how long', () =>
    withColdBlob({}, async (backend, fake, locator) => {
      await backend.retrieve(locator)
      fake.thaw()
      const answer = await backend.retrieve(locator)
      expect(answer).toMatchObject({ state: 'ready', expiresAt: new Date('2035-12-21T00:00:00Z') })
      expect(await read(backend, locator)).toEqual(noise(100))
    }))

  it('is asked for again, with a new ticket, when the thawed copy has gone', () =>
    withColdBlob({}, async (backend, fake, locator) => {
      await backend.retrieve(locator)
      delete fake.objects.get('blob')!.restore
      const answer = await backend.retrieve(locator, { ticket: 'standard thaw, done by 2026-02-01T00:00:00.000Z' })
      expect(answer).toMatchObject({ state: 'pending', ticket: 'standard thaw, done by 2026-03-01T17:00:00.000Z' })
      expect(restores(fake)).toBe(2)
    }))

  it('takes no ticket of another store', () =>
    withColdBlob({}, async (backend, _, locator) => {
      await expect(backend.retrieve(locator, { ticket: 'job-1' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }))

  it('can be looked up and removed without being thawed', () =>
    withColdBlob({}, async (backend, fake, locator) => {
      expect(await backend.stat(locator)).toMatchObject({ state: 'ready', value: { size: 100 } })
      await backend.remove(locator)
      expect(fake.objects.size).toBe(0)
      expect(restores(fake)).toBe(0)
    }))
})
