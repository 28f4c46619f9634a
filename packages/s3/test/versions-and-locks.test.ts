import { describe, expect, it } from '@jest/globals'
import { impatient, type RetryStrategy } from '@bakthat/emulator/impatience'
import { day, settableClock, slowDown } from '@bakthat/emulator/s3'
import type { S3Backend, S3Options } from '@bakthat/s3'
import { single } from '@bakthat/storage'

import { failureOf, inChunks, mebibyte, noise, read } from './bytes.js'
import { bucketName, hide, onEmulated, type Emulated } from './emulated.js'

const start = new Date('2026-03-01T00:00:00Z')
const until = new Date('2026-03-31T00:00:00Z')

function inLockedBucket(
  test: (backend: S3Backend, at: Emulated) => Promise<void>,
  more: Partial<S3Options> = {},
): Promise<void> {
  const lock = { objectLock: { mode: 'compliance', days: 30 }, ...more } as const
  return onEmulated(test, lock, { clock: settableClock(start) }, { objectLock: true })
}

const versionsOf = ({ server }: Emulated, key: string): readonly unknown[] =>
  server.buckets.get(bucketName)!.versions(key)

describe('a lock', () => {
  it.each(['governance', 'compliance'] as const)('in %s mode is set for objects of every size, and told of', (mode) =>
    inLockedBucket(
      async (backend) => {
        for (const content of [noise(10), noise(9 * mebibyte)]) {
          const { locator, lockedUntil } = await backend.put(`of ${content.length}`, inChunks(content))
          expect(lockedUntil).toEqual(until)
          expect(await backend.stat(locator)).toMatchObject({ value: { lockedUntil: until } })
          await expect(backend.remove(locator)).rejects.toMatchObject({
            code: 'LOCKED',
            message: expect.stringContaining('locked until 2026-03-31T00:00:00.000Z'),
          })
          expect((await read(backend, locator)).equals(content)).toBe(true)
        }
      },
      { objectLock: { mode, days: 30 } },
    ),
  )

  it('comes with checksums, without which a server sets none, whatever the server is', () =>
    inLockedBucket(
      async (backend, at) => {
        for (const size of [10, 9 * mebibyte]) await backend.put(`of ${size}`, inChunks(noise(size)))
        const unchecked = at.server.requests
          .filter(({ operation }) => operation === 'PutObject' || operation === 'UploadPart')
          .filter(({ headers }) => headers['x-amz-checksum-crc32'] === undefined)
        expect(unchecked).toEqual([])
      },
      { provider: 'ceph' },
    ))

  it('is over on its day', () =>
    inLockedBucket(async (backend, at) => {
      const { locator } = await backend.put('blob', single(noise(10)))
      await expect(backend.remove(backend.locate('blob')!)).rejects.toMatchObject({ code: 'LOCKED' })
      at.server.clock.advance(30 * day)
      await backend.remove(locator)
      expect(versionsOf(at, 'blob')).toEqual([])
    }))

  it('holds for metadata too', () =>
    inLockedBucket(async (backend) => {
      const { locator } = await backend.put('manifest', single(noise(10)), { purpose: 'metadata' })
      await expect(backend.remove(locator)).rejects.toMatchObject({ code: 'LOCKED' })
    }))

  it.each([10, 9 * mebibyte])('that the bucket cannot hold is a mistake of the configuration (%i bytes)', (size) =>
    onEmulated(
      async (backend) => {
        await expect(backend.put('blob', inChunks(noise(size)))).rejects.toMatchObject({
          code: 'INVALID_CONFIG',
          message: expect.stringContaining('cannot be locked: the bucket was not made with object lock'),
          hint: 'take a bucket that bakthat create has made with object_lock, or leave object_lock out',
        })
      },
      { objectLock: { mode: 'compliance', days: 30 } },
    ),
  )

  it('that is a legal hold is told as such', () =>
    inLockedBucket(async (backend, at) => {
      const { locator } = await backend.put('blob', single(noise(10)))
      const version = at.server.buckets.get(bucketName)!.current('blob') as { retention: unknown; legalHold: boolean }
      Object.assign(version, { retention: undefined, legalHold: true })
      expect(await backend.stat(locator)).toMatchObject({ value: { onLegalHold: true } })
      const error = await failureOf(backend.remove(locator))
      expect(error).toMatchObject({ code: 'LOCKED', message: expect.stringContaining('legal hold') })
    }))

  it('is told by the words of the server where these keys may not look', () =>
    inLockedBucket(async (backend, at) => {
      const { locator } = await backend.put('blob', single(noise(10)))
      at.server.faults.add({ operation: 'HeadObject' }, { refuse: 403, code: 'AccessDenied' })
      await expect(backend.remove(locator)).rejects.toMatchObject({ code: 'LOCKED' })
    }))

  it('is no excuse: what is refused for other reasons is refused', () =>
    onEmulated(async (backend, { server }) => {
      const { locator } = await backend.put('blob', single(noise(10)))
      server.faults.add({ operation: 'DeleteObject' }, { refuse: 403, code: 'AccessDenied' })
      await expect(backend.remove(locator)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    }))
})

describe('a bucket that keeps versions', () => {
  it('gives back and removes the version that was stored, whatever was put over it, and leaves no marker', () =>
    onEmulated(
      async (backend, at) => {
        const { locator } = await backend.put('blob', single(Buffer.from('ours')))
        await backend.write('blob', Buffer.from('theirs'))
        expect((await read(backend, locator)).toString()).toBe('ours')
        await backend.remove(locator)
        await backend.remove(locator)
        expect(versionsOf(at, 'blob')).toHaveLength(1)
        await backend.remove(backend.locate('blob')!)
        expect(versionsOf(at, 'blob')).toEqual([])
      },
      {},
      {},
      { versioning: 'Enabled' },
    ))

  it('is left as it is, without another marker, where what is to be removed is hidden', () =>
    onEmulated(
      async (backend, at) => {
        await backend.put('blob', single(noise(10)))
        await hide(at, 'blob')
        const before = [...versionsOf(at, 'blob')]
        await backend.remove(backend.locate('blob')!)
        expect(versionsOf(at, 'blob')).toEqual(before)
      },
      {},
      {},
      { versioning: 'Enabled' },
    ))

  it('is rid of the version that was stored, and of no later one, by keys that may not look', () =>
    onEmulated(
      async (backend, at) => {
        const { locator } = await backend.put('blob', single(Buffer.from('ours')))
        await backend.write('blob', Buffer.from('theirs'))
        at.server.faults.add({ operation: 'HeadObject' }, { refuse: 403, code: 'AccessDenied' })
        await backend.remove(locator)
        await expect(backend.stat(backend.locate('blob')!)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
        expect((await read(backend, 'blob')).toString()).toBe('theirs')
      },
      {},
      {},
      { versioning: 'Enabled' },
    ))

  it('is not taken for rid of a blob because of one that is called alike, by keys that may list versions alone', () =>
    onEmulated(
      async (backend, at) => {
        await backend.put('blob', single(noise(10)))
        await backend.put('blob2', single(noise(10)))
        await hide(at, 'blob')
        for (const operation of ['HeadObject', 'ListObjectsV2'])
          at.server.faults.add({ operation }, { refuse: 403, code: 'AccessDenied' })
        await expect(backend.remove(backend.locate('blob')!)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
      },
      {},
      {},
      { versioning: 'Enabled' },
    ))

  it('confirms the version that was stored, whatever is put over it before it is looked at', () =>
    onEmulated(
      async (other, at) => {
        at.server.faults.add({ operation: 'HeadObject' }, slowDown)
        const retryStrategy: RetryStrategy = {
          ...impatient(),
          refreshRetryTokenForRetry: async (last, failure) => {
            await other.write('blob', Buffer.from('theirs'))
            return impatient().refreshRetryTokenForRetry(last, failure)
          },
        }
        const backend = at.open({ client: { retryStrategy } })
        const { locator } = await backend.put('blob', single(Buffer.from('ours')))
        expect((await read(backend, locator)).toString()).toBe('ours')
      },
      {},
      {},
      { versioning: 'Enabled' },
    ))

  it('is not taken for rid of what was only hidden, by keys that may neither look nor list versions', () =>
    onEmulated(
      async (backend, at) => {
        await backend.put('blob', single(noise(10)))
        for (const operation of ['HeadObject', 'ListObjectVersions'])
          at.server.faults.add({ operation }, { refuse: 403, code: 'AccessDenied' })
        await expect(backend.remove(backend.locate('blob')!)).rejects.toMatchObject({
          code: 'PERMISSION_DENIED',
          message: 's3://emulated/blob is hidden, but its versions are still there',
        })
      },
      {},
      {},
      { versioning: 'Enabled' },
    ))

  it('and then no longer does, is rid of what was stored since, also by keys that may not look', () =>
    onEmulated(
      async (backend, at) => {
        await backend.put('blob', single(noise(10)))
        at.server.faults.add({ operation: 'HeadObject' }, { refuse: 403, code: 'AccessDenied' })
        await backend.remove(backend.locate('blob')!)
        expect(versionsOf(at, 'blob')).toEqual([])
      },
      {},
      {},
      { versioning: 'Suspended' },
    ))

  // Ten attempts are made with a condition that is refused, and thirty in all.
  it.each([
    ['refused', { nth: 11 }],
    ['ignored', { nth: 1 }],
    ['ignored', { times: 30 }],
  ] as const)(
    'has one version more of what was stored again because answers were lost, with conditions that are %s: %j',
    (conditionalWrites, lost) =>
      onEmulated(
        async (backend, at) => {
          await backend.write('blob', Buffer.from('theirs'))
          await hide(at, 'blob')
          const before = [...versionsOf(at, 'blob')]
          at.server.faults.add({ operation: 'PutObject', ...lost }, { lose: 'answer' })
          const { locator } = await backend.put('blob', single(Buffer.from('ours')))
          expect((await read(backend, locator)).toString()).toBe('ours')
          expect(versionsOf(at, 'blob')).toEqual([expect.anything(), ...before])
          await backend.remove(locator)
          expect(versionsOf(at, 'blob')).toEqual(before)
        },
        { provider: 'b2', region: 'us-east-1' },
        { features: { conditionalWrites } },
        { versioning: 'Enabled' },
      ),
  )

  it('leaves nothing of an upload that was damaged', () =>
    onEmulated(
      async (backend, at) => {
        at.server.faults.add({ operation: 'PutObject' }, { damage: 'change a byte' })
        await expect(backend.put('blob', single(noise(10)))).rejects.toMatchObject({ code: 'INTEGRITY' })
        expect(versionsOf(at, 'blob')).toEqual([])
      },
      {},
      {},
      { versioning: 'Enabled' },
    ))
})
