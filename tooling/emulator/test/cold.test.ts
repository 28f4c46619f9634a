import { describe, expect, it } from '@jest/globals'
import { day, hour, minute, settableClock } from '@bakthat/emulator/s3'
import type { Tier } from '@aws-sdk/client-s3'

import { failure, started } from './support/client.js'

const object = { Bucket: 'plain', Key: 'x' }
const noon = new Date('2026-03-01T12:00:00Z')

async function cold(StorageClass: 'GLACIER' | 'DEEP_ARCHIVE' | 'GLACIER_IR' | 'INTELLIGENT_TIERING') {
  const { s3, server } = await started({ clock: settableClock(noon) })
  await s3.putObject({ ...object, Body: 'ice', StorageClass })
  const restore = async (Tier?: Tier, Days: number | undefined = 2) => {
    const job = Tier === undefined ? {} : { GlacierJobParameters: { Tier } }
    const RestoreRequest = { ...(Days === 0 ? {} : { Days }), ...job }
    const { $metadata } = await s3.restoreObject({ ...object, RestoreRequest })
    return $metadata.httpStatusCode
  }
  const status = async () => (await s3.headObject(object)).Restore
  const read = async () => (await s3.getObject(object)).Body?.transformToString()
  return { s3, server, restore, status, read }
}

describe('a cold object', () => {
  it.each([
    ['GLACIER', 'Expedited', 5 * minute],
    ['GLACIER', 'Standard', 5 * hour],
    ['GLACIER', 'Bulk', 12 * hour],
    ['DEEP_ARCHIVE', 'Standard', 12 * hour],
    ['DEEP_ARCHIVE', 'Bulk', 48 * hour],
  ] as const)('of %s is there after %s, and not a second before', async (storageClass, tier, after) => {
    const { server, restore, status, read } = await cold(storageClass)
    expect([await failure(read()), await status()]).toEqual(['InvalidObjectState 403', undefined])
    expect(await restore(tier)).toBe(202)
    server.clock.advance(after - 1000)
    expect([await failure(read()), await status()]).toEqual(['InvalidObjectState 403', 'ongoing-request="true"'])
    server.clock.advance(1000)
    expect(await read()).toBe('ice')
  })

  it('stays to the end of a day, and longer if that is asked for', async () => {
    const { server, restore, status, read } = await cold('GLACIER')
    await restore('Standard', 2)
    server.clock.advance(5 * hour)
    expect(await status()).toBe('ongoing-request="false", expiry-date="Wed, 04 Mar 2026 00:00:00 GMT"')
    expect(await restore('Standard', 4)).toBe(200)
    expect(await status()).toBe('ongoing-request="false", expiry-date="Fri, 06 Mar 2026 00:00:00 GMT"')
    server.clock.set(new Date('2026-03-06T00:00:00Z'))
    expect([await failure(read()), await status()]).toEqual(['InvalidObjectState 403', undefined])
  })

  it('that is being restored may only be asked for faster', async () => {
    const { server, restore, read } = await cold('GLACIER')
    await restore('Bulk')
    expect(await failure(restore('Bulk'))).toBe('RestoreAlreadyInProgress 409')
    expect(await restore('Expedited')).toBe(202)
    expect(await failure(restore('Standard'))).toBe('RestoreAlreadyInProgress 409')
    server.clock.advance(5 * minute)
    expect(await read()).toBe('ice')
  })

  it('is refused what its class does not have', async () => {
    const deep = await cold('DEEP_ARCHIVE')
    expect(await failure(deep.restore('Expedited'))).toBe('InvalidArgument 400')
    expect(await failure(deep.restore('Standard', 0))).toBe('MalformedXML 400')
    const instant = await cold('GLACIER_IR')
    expect(await failure(instant.restore('Standard'))).toBe('InvalidObjectState 403')
    expect(await instant.read()).toBe('ice')
  })

  it('of Intelligent-Tiering is cold in an archive tier alone, and comes back for good', async () => {
    const { s3, server, restore, read } = await cold('INTELLIGENT_TIERING')
    expect(await read()).toBe('ice')
    server.archive('plain', 'x', 'DEEP_ARCHIVE_ACCESS')
    expect((await s3.headObject(object)).ArchiveStatus).toBe('DEEP_ARCHIVE_ACCESS')
    expect(await failure(read())).toBe('InvalidObjectState 403')
    expect(await failure(restore('Standard', 2))).toBe('InvalidArgument 400')
    expect(await restore('Standard', 0)).toBe(202)
    server.clock.advance(12 * hour)
    server.clock.advance(100 * day)
    expect(await read()).toBe('ice')
    expect((await s3.headObject(object)).ArchiveStatus).toBeUndefined()
  })

  it('shows in listings how its restore is getting on', async () => {
    const { s3, server, restore } = await cold('GLACIER')
    const listed = async () => {
      const { Contents } = await s3.listObjectsV2({ Bucket: 'plain', OptionalObjectAttributes: ['RestoreStatus'] })
      return Contents?.[0]?.RestoreStatus
    }
    expect(await listed()).toBeUndefined()
    await restore()
    expect(await listed()).toEqual({ IsRestoreInProgress: true })
    server.clock.advance(5 * hour)
    expect(await listed()).toEqual({ IsRestoreInProgress: false, RestoreExpiryDate: new Date('2026-03-04T00:00:00Z') })
  })
})
