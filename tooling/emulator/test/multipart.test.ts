import { createHash } from 'node:crypto'

import { describe, expect, it } from '@jest/globals'
import type { CompletedPart, S3 } from '@aws-sdk/client-s3'
import { day, settableClock } from '@bakthat/emulator/s3'

import { failure, mebibyte, started } from './support/client.js'

const object = { Bucket: 'plain', Key: 'big' }
const first = Buffer.alloc(5 * mebibyte, 'one')
const second = Buffer.from('two')

const base64 = (data: Uint8Array): string => createHash('sha256').update(data).digest('base64')

/** Uploads parts of these numbers and answers with what completes them. */
async function uploaded(s3: S3, UploadId: string, parts: Readonly<Record<number, Uint8Array>>) {
  const done: CompletedPart[] = []
  for (const [number, Body] of Object.entries(parts)) {
    const PartNumber = Number(number)
    const { ETag } = await s3.uploadPart({ ...object, UploadId, PartNumber, Body })
    done.push({ PartNumber, ETag })
  }
  return done
}

describe('a multipart upload', () => {
  it('becomes an object with the checksum of the whole', async () => {
    const { s3 } = await started()
    const { UploadId } = await s3.createMultipartUpload({
      ...object,
      ChecksumAlgorithm: 'CRC32',
      ChecksumType: 'FULL_OBJECT',
      Metadata: { a: 'b' },
    })
    const Parts = await uploaded(s3, UploadId!, { 3: first, 9: second })
    const completed = await s3.completeMultipartUpload({
      ...object,
      UploadId,
      MultipartUpload: { Parts },
      MpuObjectSize: first.length + second.length,
      IfNoneMatch: '*',
    })
    const md5s = [first, second].map((part) => createHash('md5').update(part).digest())
    expect(completed.ETag).toBe(`"${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-2"`)
    await s3.putObject({ ...object, Key: 'same', Body: Buffer.concat([first, second]) })
    const whole = await s3.headObject({ ...object, Key: 'same', ChecksumMode: 'ENABLED' })
    expect(completed).toMatchObject({ ChecksumCRC32: whole.ChecksumCRC32, ChecksumType: 'FULL_OBJECT' })
    const got = await s3.getObject({ ...object, Range: `bytes=${first.length - 3}-` })
    expect(await got.Body?.transformToString()).toBe(`${first.subarray(-3).toString()}two`)
    expect(got.Metadata).toEqual({ a: 'b' })
    expect(await s3.headObject({ ...object, PartNumber: 9 })).toMatchObject({ ContentLength: 3, PartsCount: 2 })
    expect(await failure(s3.listParts({ ...object, UploadId }))).toBe('NoSuchUpload 404')
  })

  it('becomes an object that is dated by its beginning', async () => {
    const begun = new Date('2026-03-14T09:00:00Z')
    const clock = settableClock(begun)
    const { s3 } = await started({ clock })
    const { UploadId } = await s3.createMultipartUpload(object)
    clock.advance(2 * day)
    const Parts = await uploaded(s3, UploadId!, { 1: second })
    await s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts } })
    expect((await s3.headObject(object)).LastModified).toEqual(begun)
    expect((await s3.listObjectsV2({ Bucket: 'plain' })).Contents?.[0]?.LastModified).toEqual(begun)
  })

  it('has a checksum of checksums where those of the parts came', async () => {
    const { s3 } = await started()
    const { UploadId } = await s3.createMultipartUpload({ ...object, ChecksumAlgorithm: 'SHA256' })
    const Parts: CompletedPart[] = []
    for (const [index, Body] of [first, second].entries()) {
      const PartNumber = index + 1
      const { ETag, ChecksumSHA256 } = await s3.uploadPart({
        ...object,
        UploadId,
        PartNumber,
        Body,
        ChecksumAlgorithm: 'SHA256',
      })
      Parts.push({ PartNumber, ETag, ChecksumSHA256 })
    }
    const without = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))
    const complete = (parts: CompletedPart[]) =>
      s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts: parts } })
    expect(await failure(complete(without))).toBe('InvalidRequest 400')
    expect(await failure(complete([{ ...Parts[0]!, ChecksumSHA256: base64(second) }, Parts[1]!]))).toBe(
      'InvalidPart 400',
    )
    const digests = [first, second].map((part) => Buffer.from(base64(part), 'base64'))
    expect(await complete(Parts)).toMatchObject({
      ChecksumSHA256: `${base64(Buffer.concat(digests))}-2`,
      ChecksumType: 'COMPOSITE',
    })
  })

  it('refuses parts whose checksum was not agreed on', async () => {
    const { s3, client } = await started()
    const silent = client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
    const part = { ...object, PartNumber: 1, Body: second }
    const { UploadId: composite } = await s3.createMultipartUpload({ ...object, ChecksumAlgorithm: 'SHA256' })
    expect(await failure(silent.uploadPart({ ...part, UploadId: composite }))).toBe('InvalidRequest 400')
    const { UploadId: unasked } = await silent.createMultipartUpload(object)
    expect(await failure(s3.uploadPart({ ...part, UploadId: unasked, ChecksumAlgorithm: 'SHA1' }))).toBe('no failure')
    expect(await failure(silent.uploadPart({ ...part, UploadId: unasked }))).toBe('no failure')
    const sha = { ...object, ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' } as const
    expect(await failure(s3.createMultipartUpload(sha))).toBe('InvalidRequest 400')
  })

  it.each([
    ['a part that never came', [1, 5], 'InvalidPart 400'],
    ['a part of another content', [1, -2], 'InvalidPart 400'],
    ['parts out of order', [2, 1], 'InvalidPartOrder 400'],
    ['a small part that is not the last', [2, 3], 'EntityTooSmall 400'],
    ['no parts', [], 'MalformedXML 400'],
  ])('refuses to be completed with %s', async (_, numbers, expected) => {
    const { s3 } = await started()
    const { UploadId } = await s3.createMultipartUpload(object)
    const etags = await uploaded(s3, UploadId!, { 1: first, 2: second, 3: second })
    const Parts = numbers.map((number) => ({
      PartNumber: Math.abs(number),
      ETag: number < 0 ? '"0"' : (etags.find(({ PartNumber }) => PartNumber === number)?.ETag ?? '"1"'),
    }))
    expect(await failure(s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts } }))).toBe(
      expected,
    )
    expect((await s3.listParts({ ...object, UploadId })).Parts).toHaveLength(3)
  })

  it('is held to what is said of the whole', async () => {
    const { s3 } = await started()
    const checksum = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const
    const { UploadId } = await s3.createMultipartUpload({ ...object, ...checksum })
    const Parts = await uploaded(s3, UploadId!, { 1: second })
    const complete = { ...object, UploadId, MultipartUpload: { Parts } }
    expect(await failure(s3.completeMultipartUpload({ ...complete, MpuObjectSize: 4 }))).toBe('InvalidRequest 400')
    expect(await failure(s3.completeMultipartUpload({ ...complete, ChecksumCRC32: 'AAAAAA==' }))).toBe('BadDigest 400')
    expect(await failure(s3.completeMultipartUpload({ ...complete, ChecksumType: 'COMPOSITE' }))).toBe('BadDigest 400')
    await s3.putObject({ ...object, Body: 'there' })
    expect(await failure(s3.completeMultipartUpload({ ...complete, IfNoneMatch: '*' }))).toBe('PreconditionFailed 412')
    expect(await failure(s3.completeMultipartUpload(complete))).toBe('no failure')
  })

  it('has parts from 1 to as many as there may be', async () => {
    const { s3 } = await started({ limits: { parts: 3, smallestPart: 1, largestPut: 10, largestObject: 15 } })
    const { UploadId } = await s3.createMultipartUpload(object)
    const part = (PartNumber: number, Body: Uint8Array = second) =>
      s3.uploadPart({ ...object, UploadId, PartNumber, Body })
    expect(await failure(part(0))).toBe('InvalidArgument 400')
    expect(await failure(part(4))).toBe('InvalidArgument 400')
    expect(await failure(part(1, Buffer.alloc(11)))).toBe('EntityTooLarge 400')
    const Parts = await uploaded(s3, UploadId!, { 1: Buffer.alloc(10), 2: Buffer.alloc(6) })
    expect(await failure(s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts } }))).toBe(
      'EntityTooLarge 400',
    )
  })

  it('is listed, part by part and page by page, until it is aborted', async () => {
    const { s3 } = await started()
    const ids: (string | undefined)[] = []
    for (const Key of ['b', 'a/1', 'a/2', 'b']) ids.push((await s3.createMultipartUpload({ ...object, Key })).UploadId)
    const seen = []
    let markers: { KeyMarker?: string; UploadIdMarker?: string } = {}
    for (let more = true; more;) {
      const page = await s3.listMultipartUploads({ Bucket: 'plain', MaxUploads: 1, ...markers })
      seen.push(...page.Uploads!.map(({ Key, UploadId }) => `${Key} ${ids.indexOf(UploadId)}`))
      more = page.IsTruncated!
      markers = { KeyMarker: page.NextKeyMarker!, UploadIdMarker: page.NextUploadIdMarker! }
    }
    expect(seen).toEqual(['a/1 1', 'a/2 2', 'b 0', 'b 3'])
    const grouped = await s3.listMultipartUploads({ Bucket: 'plain', Delimiter: '/' })
    expect([grouped.CommonPrefixes, grouped.Uploads?.length]).toEqual([[{ Prefix: 'a/' }], 2])

    const upload = { Bucket: 'plain', Key: 'b', UploadId: ids[0] }
    for (const PartNumber of [5, 1, 3]) await s3.uploadPart({ ...upload, PartNumber, Body: second })
    const page = await s3.listParts({ ...upload, MaxParts: 2 })
    expect(page.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 3])
    const rest = await s3.listParts({ ...upload, PartNumberMarker: page.NextPartNumberMarker })
    expect(rest.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([[5, 3]])

    await s3.abortMultipartUpload(upload)
    expect(await failure(s3.abortMultipartUpload(upload))).toBe('NoSuchUpload 404')
    expect(await failure(s3.uploadPart({ ...upload, PartNumber: 1, Body: second }))).toBe('NoSuchUpload 404')
  })
})
