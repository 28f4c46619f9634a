import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { failure, mebibyte, started } from './support/client.js'

const object = { Bucket: 'plain', Key: 'a ü+%/x' }

describe('a directory for large contents', () => {
  it('is made if it is missing, and empty again at the end', async () => {
    const place = await mkdtemp(join(tmpdir(), 'bakthat-emulator-test-'))
    try {
      const directory = join(place, 'not', 'yet')
      const { s3, server } = await started({ storage: { directory } })
      await s3.putObject({ ...object, Body: Buffer.alloc(2 * mebibyte) })
      expect(await readdir(directory)).toHaveLength(1)
      await server.stop()
      expect(await readdir(directory)).toEqual([])
    } finally {
      await rm(place, { recursive: true })
    }
  })
})

describe('an object', () => {
  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'comes back as it was put, with its %s',
    async (ChecksumAlgorithm) => {
      const { s3 } = await started()
      const sent = await s3.putObject({ ...object, Body: 'hello', ChecksumAlgorithm })
      const got = await s3.getObject({ ...object, ChecksumMode: 'ENABLED' })
      expect(await got.Body?.transformToString()).toBe('hello')
      expect(sent[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$/)
      expect(got[`Checksum${ChecksumAlgorithm}`]).toBe(sent[`Checksum${ChecksumAlgorithm}`])
    },
  )

  it('gets a CRC64NVME where it came without a checksum', async () => {
    const { client } = await started()
    const s3 = client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
    await s3.putObject({ ...object, Body: '123456789' })
    const head = await s3.headObject({ ...object, ChecksumMode: 'ENABLED' })
    expect(head).toMatchObject({ ChecksumType: 'FULL_OBJECT', ChecksumCRC64NVME: 'rosUhgp5mIg=' })
  })

  it('keeps what was said of it', async () => {
    const { s3 } = await started()
    const said = {
      CacheControl: 'no-store',
      ContentDisposition: 'attachment',
      ContentLanguage: 'de',
      ContentType: 'text/plain',
      Metadata: { one: '1' },
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'some-key',
      StorageClass: 'STANDARD_IA',
    } as const
    await s3.putObject({ ...object, ...said, Body: 'x' })
    expect(await s3.headObject(object)).toMatchObject({ ...said, ContentLength: 1 })
  })

  it('is named STANDARD by nothing, and its encryption is always named', async () => {
    const { s3 } = await started()
    await s3.putObject({ ...object, Body: 'x' })
    const head = await s3.headObject(object)
    expect(head.StorageClass).toBeUndefined()
    expect(head.ServerSideEncryption).toBe('AES256')
  })

  it.each([
    ['bytes=0-0', 'h', 'bytes 0-0/5'],
    ['bytes=1-', 'ello', 'bytes 1-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=3-99', 'lo', 'bytes 3-4/5'],
  ])('gives %s', async (Range, expected, ContentRange) => {
    const { s3 } = await started()
    await s3.putObject({ ...object, Body: 'hello' })
    const got = await s3.getObject({ ...object, Range })
    expect([await got.Body?.transformToString(), got.ContentRange, got.$metadata.httpStatusCode]).toEqual([
      expected,
      ContentRange,
      206,
    ])
  })

  it.each([
    ['bytes=5-', 'InvalidRange 416'],
    ['bytes=-0', 'InvalidRange 416'],
    ['bytes=0-1,3-4', 'NotImplemented 501'],
    ['lines=1-2', 'NotImplemented 501'],
  ])('refuses %s', async (Range, expected) => {
    const { s3 } = await started()
    await s3.putObject({ ...object, Body: 'hello' })
    expect(await failure(s3.getObject({ ...object, Range }))).toBe(expected)
  })

  it('larger than memory is to hold comes back whole, and in ranges', async () => {
    const { s3 } = await started()
    const Body = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 251))
    await s3.putObject({ ...object, Body })
    const read = async (Range?: string): Promise<Buffer> => {
      const got = await s3.getObject({ ...object, ...(Range === undefined ? {} : { Range }) })
      return Buffer.from(await got.Body!.transformToByteArray())
    }
    expect((await read()).equals(Body)).toBe(true)
    expect((await read('bytes=262143-2000000')).equals(Body.subarray(262_143, 2_000_001))).toBe(true)
  })

  it('that is not there is NoSuchKey, in no bucket NoSuchBucket', async () => {
    const { s3 } = await started()
    expect(await failure(s3.getObject(object))).toBe('NoSuchKey 404')
    expect(await failure(s3.headObject(object))).toBe('NotFound 404')
    expect(await failure(s3.getObject({ ...object, Bucket: 'other' }))).toBe('NoSuchBucket 404')
    expect(await failure(s3.deleteObject(object))).toBe('no failure')
  })
})

describe('a condition', () => {
  it('is heeded when reading', async () => {
    const { s3, server } = await started()
    const { ETag } = await s3.putObject({ ...object, Body: 'x' })
    const later = new Date(server.clock.now().getTime() + 60_000)
    const earlier = new Date(later.getTime() - 120_000)
    expect(await failure(s3.getObject({ ...object, IfMatch: ETag }))).toBe('no failure')
    expect(await failure(s3.getObject({ ...object, IfMatch: '"other"' }))).toBe('PreconditionFailed 412')
    expect(await failure(s3.getObject({ ...object, IfUnmodifiedSince: earlier }))).toBe('PreconditionFailed 412')
    expect(await failure(s3.getObject({ ...object, IfMatch: ETag, IfUnmodifiedSince: earlier }))).toBe('no failure')
    expect(await failure(s3.headObject({ ...object, IfNoneMatch: ETag }))).toMatch(/ 304$/)
    expect(await failure(s3.headObject({ ...object, IfModifiedSince: later }))).toMatch(/ 304$/)
  })

  it('keeps a write from going over an object, or over another than the one that was seen', async () => {
    const { s3 } = await started()
    const { ETag } = await s3.putObject({ ...object, Body: 'one', IfNoneMatch: '*' })
    expect(await failure(s3.putObject({ ...object, Body: 'two', IfNoneMatch: '*' }))).toBe('PreconditionFailed 412')
    expect(await failure(s3.putObject({ ...object, Body: 'two', IfMatch: '"other"' }))).toBe('PreconditionFailed 412')
    expect(await failure(s3.putObject({ ...object, Body: 'two', IfMatch: ETag }))).toBe('no failure')
    expect(await failure(s3.putObject({ ...object, Key: 'none', Body: 'x', IfMatch: ETag }))).toBe('NoSuchKey 404')
  })

  /** As measured by others: https://github.com/ministackorg/ministack/issues/1475 */
  it('keeps a deletion from another object than the one that was seen', async () => {
    const { s3 } = await started()
    const { ETag } = await s3.putObject({ ...object, Body: 'one' })
    expect(await failure(s3.deleteObject({ ...object, IfMatch: '"other"' }))).toBe('PreconditionFailed 412')
    expect(await failure(s3.deleteObject({ ...object, IfMatch: ETag, VersionId: 'null' }))).toBe('NotImplemented 501')
    expect(await failure(s3.deleteObject({ ...object, IfMatch: ETag }))).toBe('no failure')
    expect(await failure(s3.deleteObject({ ...object, IfMatch: '*' }))).toBe('NoSuchKey 404')
  })

  it.each([
    ['ignored', 'no failure'],
    ['refused', 'NotImplemented 501'],
  ] as const)('of a write is %s where a server is to do so', async (conditionalWrites, expected) => {
    const { s3 } = await started({ features: { conditionalWrites } })
    await s3.putObject({ ...object, Body: 'one' })
    expect(await failure(s3.putObject({ ...object, Body: 'two', IfNoneMatch: '*' }))).toBe(expected)
  })
})

describe('what others would ignore', () => {
  it('is refused', async () => {
    const { s3, client } = await started()
    expect(await failure(s3.getBucketAcl({ Bucket: 'plain' }))).toBe('NotImplemented 501')
    expect(await failure(s3.putObject({ ...object, Body: 'x', ACL: 'public-read' }))).toBe('NotImplemented 501')
    expect(await failure(s3.putObject({ ...object, Body: 'x', WebsiteRedirectLocation: '/x' }))).toBe(
      'NotImplemented 501',
    )
    expect(await failure(client({ region: 'eu-west-1' }).getObject(object))).toBe('AuthorizationHeaderMalformed 400')
  })

  it('includes what a lesser server is not to have', async () => {
    const { s3 } = await started({ features: { checksums: 'refused', without: ['GetObjectLockConfiguration'] } })
    expect(await failure(s3.putObject({ ...object, Body: 'x' }))).toBe('NotImplemented 501')
    expect(await failure(s3.getObjectLockConfiguration({ Bucket: 'plain' }))).toBe('NotImplemented 501')
  })
})
