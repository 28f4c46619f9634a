import { describe, expect, it } from '@jest/globals'
import { expiredToken, internalError, slowDown } from '@bakthat/emulator/s3'

import { failure, mebibyte, started } from './support/client.js'

const object = { Bucket: 'plain', Key: 'x' }
const put = { ...object, Body: 'hello' }

describe('a fault', () => {
  it('befalls the requests that it was scripted for, and no others', async () => {
    const { s3, server } = await started()
    server.faults.add({ operation: 'PutObject', key: 'x', nth: 2, times: 2 }, slowDown)
    server.faults.add({ operation: 'PutObject', key: /^y/ }, internalError)
    expect(await failure(s3.headBucket({ Bucket: 'plain' }))).toBe('no failure')
    const outcomes = []
    for (let attempt = 0; attempt < 4; attempt += 1) outcomes.push(await failure(s3.putObject(put)))
    expect(outcomes).toEqual(['no failure', 'SlowDown 503', 'SlowDown 503', 'no failure'])
    expect(() => server.faults.assertAllHit()).toThrow('InternalError')
    expect(await failure(s3.putObject({ ...put, Key: 'yes' }))).toBe('InternalError 500')
    server.faults.assertAllHit()
    expect(server.requests.map(({ operation, status }) => `${operation} ${status}`).slice(0, 3)).toEqual([
      'HeadBucket 200',
      'PutObject 200',
      'PutObject 503',
    ])
  })

  it('that refuses does nothing, and one that loses the answer does all', async () => {
    const { s3, server } = await started()
    server.faults.add({ operation: 'PutObject' }, expiredToken)
    expect(await failure(s3.putObject(put))).toBe('ExpiredToken 400')
    expect(await failure(s3.headObject(object))).toBe('NotFound 404')
    server.faults.add({ operation: 'PutObject' }, { lose: 'answer' })
    expect(await failure(s3.putObject(put))).toBe('Error')
    expect(await failure(s3.headObject(object))).toBe('no failure')
  })

  it.each(['at once', { afterBytes: mebibyte }] as const)(
    'resets the connection %p, with nothing stored',
    async (reset) => {
      const { s3, server } = await started()
      server.faults.add({}, { reset })
      expect(await failure(s3.putObject({ ...object, Body: Buffer.alloc(8 * mebibyte) }))).toBe('Error')
      server.faults.assertAllHit()
      expect(server.buckets.get('plain')?.keys).toEqual([])
    },
  )

  it('keeps the answer back for good', async () => {
    const { client, server } = await started()
    const s3 = client({ requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true } })
    server.faults.add({ operation: 'GetObject' }, { stall: 'at once' })
    await s3.putObject(put)
    expect(await failure(s3.getObject(object))).toBe('TimeoutError')
    expect(server.requests.at(-1)?.status).toBeUndefined()
  })

  it.each([0, 3, 300_000])('cuts the answer after %d bytes', async (cutAnswer) => {
    const { s3, server } = await started()
    await s3.putObject({ ...object, Body: Buffer.alloc(4 * mebibyte, 'x') })
    server.faults.add({ operation: 'GetObject' }, { cutAnswer })
    let received = 0
    const read = async (): Promise<void> => {
      const { Body } = await s3.getObject(object)
      for await (const chunk of Body as AsyncIterable<Uint8Array>) received += chunk.length
    }
    expect(await failure(read())).toMatch(/Error|aborted/)
    expect(received).toBeLessThanOrEqual(cutAnswer)
  })

  it.each([true, false])('answers 200 with an error, having done it: %p', async (done) => {
    const { s3, server } = await started()
    const { UploadId } = await s3.createMultipartUpload(object)
    const { ETag } = await s3.uploadPart({ ...put, UploadId, PartNumber: 1 })
    server.faults.add({ operation: 'CompleteMultipartUpload' }, { errorIn200: 'InternalError', done })
    const Parts = [{ ETag, PartNumber: 1 }]
    expect(await failure(s3.completeMultipartUpload({ ...object, UploadId, MultipartUpload: { Parts } }))).toMatch(
      /^InternalError/,
    )
    expect(server.buckets.get('plain')?.keys).toEqual(done ? ['x'] : [])
  })

  it.each([
    ['drop the last byte', 'hell'],
    ['change a byte', 'hemlo'],
  ] as const)('lets the server %s of what it stores', async (damage, expected) => {
    const { s3, server } = await started()
    const { ChecksumCRC32: good } = await s3.putObject(put)
    server.faults.add({ operation: 'PutObject' }, { damage })
    await s3.putObject(put)
    const got = await s3.getObject(object)
    expect(await got.Body?.transformToString()).toBe(expected)
    const head = await s3.headObject({ ...object, ChecksumMode: 'ENABLED' })
    expect(head.ContentLength).toBe(expected.length)
    expect(head.ChecksumCRC32).not.toBe(good)
  })
})
