import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { S3 } from '@aws-sdk/client-s3'
import { startS3, testCredential, type S3Server } from '@bakthat/emulator/s3'

let server: S3Server
let s3: S3

beforeEach(async () => {
  server = await startS3({ buckets: ['plain'] })
  s3 = new S3({
    endpoint: server.endpoint,
    region: server.region,
    credentials: testCredential,
    forcePathStyle: true,
    maxAttempts: 1,
  })
})

afterEach(async () => {
  s3.destroy()
  await server.stop()
})

describe('an object', () => {
  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'comes back as it was put, with its %s',
    async (ChecksumAlgorithm) => {
      const object = { Bucket: 'plain', Key: 'a ü+%/x' }
      const sent = await s3.putObject({ ...object, Body: 'hello', ChecksumAlgorithm })
      const got = await s3.getObject({ ...object, ChecksumMode: 'ENABLED' })
      expect(await got.Body?.transformToString()).toBe('hello')
      expect(sent[`Checksum${ChecksumAlgorithm}`]).toMatch(/=$/)
      expect(got[`Checksum${ChecksumAlgorithm}`]).toBe(sent[`Checksum${ChecksumAlgorithm}`])
    },
  )
})
