import { describe, expect, it } from '@jest/globals'
import { day, testCredential } from '@bakthat/emulator/s3'

import { failure, mebibyte, started, tampering } from './support/client.js'

const object = { Bucket: 'locked', Key: 'x' }
const governance = { buckets: [{ name: 'locked', objectLock: { mode: 'GOVERNANCE', days: 3 } }] } as const
const compliance = { buckets: [{ name: 'locked', objectLock: { mode: 'COMPLIANCE', days: 3 } }] } as const

describe('a locked version', () => {
  it('cannot be deleted before its time, but hidden', async () => {
    const { s3, server } = await started(compliance)
    const { VersionId } = await s3.putObject({ ...object, Body: 'x' })
    const version = { ...object, VersionId }
    expect(await s3.headObject(object)).toMatchObject({ ObjectLockMode: 'COMPLIANCE' })
    expect(await failure(s3.deleteObject(version))).toBe('AccessDenied 403')
    expect(await failure(s3.deleteObject({ ...version, BypassGovernanceRetention: true }))).toBe('AccessDenied 403')
    expect(await failure(s3.deleteObject(object))).toBe('no failure')
    server.clock.advance(3 * day)
    expect(await failure(s3.deleteObject(version))).toBe('no failure')
  })

  it('in governance mode gives way to those who may and say so', async () => {
    const without = {
      ...testCredential,
      accessKeyId: 'AKIAWITHOUT',
      policy: {
        Statement: [
          { Effect: 'Allow', Action: 's3:*', Resource: '*' },
          { Effect: 'Deny', Action: 's3:BypassGovernanceRetention', Resource: '*' },
        ],
      },
    } as const
    const { s3, client } = await started({ ...governance, credentials: [testCredential, without] })
    const { VersionId } = await s3.putObject({ ...object, Body: 'x' })
    const bypassing = { ...object, VersionId, BypassGovernanceRetention: true }
    expect(await failure(s3.deleteObject({ ...object, VersionId }))).toBe('AccessDenied 403')
    expect(await failure(client({ credentials: without }).deleteObject(bypassing))).toBe('AccessDenied 403')
    expect(await failure(s3.deleteObject(bypassing))).toBe('no failure')
  })

  it('may be kept longer, and in compliance mode not shorter', async () => {
    const { s3, server } = await started(compliance)
    await s3.putObject({ ...object, Body: 'x' })
    const until = (days: number) =>
      ({ Mode: 'COMPLIANCE', RetainUntilDate: new Date(server.clock.now().getTime() + days * day) }) as const
    expect(await failure(s3.putObjectRetention({ ...object, Retention: until(2) }))).toBe('AccessDenied 403')
    expect(await failure(s3.putObjectRetention({ ...object, Retention: until(5) }))).toBe('no failure')
    expect(await failure(s3.putObjectRetention({ ...object, Retention: until(-1) }))).toBe('InvalidArgument 400')
    const { Retention } = await s3.getObjectRetention(object)
    expect(Retention?.RetainUntilDate?.getTime()).toBeGreaterThan(server.clock.now().getTime() + 4 * day)
  })

  it('is held as long as its legal hold', async () => {
    const { s3 } = await started({ buckets: [{ name: 'locked', objectLock: true }] })
    const { VersionId } = await s3.putObject({ ...object, Body: 'x', ObjectLockLegalHoldStatus: 'ON' })
    expect((await s3.getObjectLegalHold(object)).LegalHold?.Status).toBe('ON')
    expect(await failure(s3.getObjectRetention(object))).toBe('NoSuchObjectLockConfiguration 404')
    expect(await failure(s3.deleteObject({ ...object, VersionId }))).toBe('AccessDenied 403')
    await s3.putObjectLegalHold({ ...object, LegalHold: { Status: 'OFF' } })
    expect(await failure(s3.deleteObject({ ...object, VersionId }))).toBe('no failure')
  })

  it('is stored only with a checksum, part by part too', async () => {
    const { client } = await started(governance)
    const silent = client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
    expect(await failure(silent.putObject({ ...object, Body: 'x' }))).toBe('InvalidRequest 400')
    const { UploadId } = await silent.createMultipartUpload(object)
    const part = { ...object, UploadId, PartNumber: 1, Body: Buffer.alloc(mebibyte) }
    expect(await failure(silent.uploadPart(part))).toBe('InvalidRequest 400')
    const withMd5 = tampering(client(), () => undefined)
    expect(
      await failure(
        withMd5.uploadPart({ ...part, ContentMD5: 'ttgbNgpWctgMJ0MPORU+LA==', ChecksumAlgorithm: 'CRC64NVME' }),
      ),
    ).toBe('no failure')
  })
})

describe('object lock', () => {
  it('needs versions, and cannot be had without them afterwards', async () => {
    const { s3 } = await started({ buckets: ['plain'] })
    const configuration = { Bucket: 'plain', ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } } as const
    const versioning = (Status: 'Enabled' | 'Suspended') =>
      s3.putBucketVersioning({ Bucket: 'plain', VersioningConfiguration: { Status } })
    expect(await failure(s3.getObjectLockConfiguration({ Bucket: 'plain' }))).toBe(
      'ObjectLockConfigurationNotFoundError 404',
    )
    expect(await failure(s3.putObjectLockConfiguration(configuration))).toBe('InvalidBucketState 409')
    await versioning('Enabled')
    expect(await failure(s3.putObjectLockConfiguration(configuration))).toBe('no failure')
    expect(await failure(versioning('Suspended'))).toBe('InvalidBucketState 409')
  })

  it('has a default that is given back as it was set', async () => {
    const { s3 } = await started({ buckets: [] })
    await s3.createBucket({ Bucket: 'made', ObjectLockEnabledForBucket: true })
    const ObjectLockConfiguration = {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Years: 1 } },
    } as const
    await s3.putObjectLockConfiguration({ Bucket: 'made', ObjectLockConfiguration })
    const got = await s3.getObjectLockConfiguration({ Bucket: 'made' })
    expect(got.ObjectLockConfiguration).toEqual(ObjectLockConfiguration)
    expect((await s3.getBucketVersioning({ Bucket: 'made' })).Status).toBe('Enabled')
  })
})
