import { describe, expect, it } from '@jest/globals'
import { impatient } from '@bakthat/emulator/impatience'
import { openS3 } from '@bakthat/s3'
import { registers } from '@bakthat/storage'

import { bucketName, onEmulated } from './emulated.js'
import { motoForThisFile, withMoto } from './moto.js'

const text = (words: string): Buffer => Buffer.from(words)

describe('a register', () => {
  it('takes one request to write and one to read', () =>
    onEmulated(async (values, at) => {
      await values.write('value', text('one'))
      await values.read('value')
      expect(at.asked()).toEqual(['PutObject', 'GetObject'])
    }))

  it('knows its own value again when the answer to a conditional write was lost', () =>
    onEmulated(async (values, { server }) => {
      const { etag } = await values.write('value', text('one'))
      server.faults.add({ operation: 'PutObject' }, { lose: 'answer' })
      const second = await values.write('value', text('two'), { ifMatch: etag })
      expect(await values.read('value')).toEqual({ bytes: new Uint8Array(text('two')), etag: second.etag })
      await expect(values.write('value', text('three'), { ifMatch: etag })).rejects.toMatchObject({
        code: 'ALREADY_EXISTS',
        message: `s3://${bucketName}/value is not what it was`,
      })
    }))

  it('knows that it erased its value when the answer to that was lost, and not where another took its place', () =>
    onEmulated(async (values, { server }) => {
      const { etag } = await values.write('value', text('one'))
      server.faults.add({ operation: 'DeleteObject' }, { lose: 'answer' })
      await values.erase('value', { ifMatch: etag })
      await expect(values.read('value')).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await values.write('value', text('two'))
      server.faults.add({ operation: 'DeleteObject' }, { refuse: 503, code: 'SlowDown' })
      await expect(values.erase('value', { ifMatch: etag })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    }))

  it.each([null, 'etag'] as const)('that somebody else writes at the same moment is to be read again: %s', (expected) =>
    onEmulated(async (values, { server }) => {
      const { etag } = await values.write(expected === null ? 'other' : 'value', text('one'))
      server.faults.add({ operation: 'PutObject' }, { refuse: 409, code: 'ConditionalRequestConflict' })
      const ifMatch = expected === null ? null : etag
      await expect(values.write('value', text('two'), { ifMatch })).rejects.toMatchObject({
        code: 'ALREADY_EXISTS',
        hint: expect.stringContaining('read it again'),
      })
    }),
  )

  it('reads again what broke off in the middle', () =>
    onEmulated(async (values, { server }) => {
      await values.write('value', Buffer.alloc(100_000, 7))
      server.faults.add({ operation: 'GetObject', times: 2 }, { cutAnswer: 50_000 })
      expect((await values.read('value')).bytes).toHaveLength(100_000)
    }))

  it('is asked for no oftener than anything else where the server does not answer', () =>
    onEmulated(
      async (values, at) => {
        at.server.faults.add({ operation: 'GetObject', times: 3 }, { refuse: 503, code: 'SlowDown' })
        await expect(values.read('value')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
        expect(at.asked()).toEqual(['GetObject', 'GetObject', 'GetObject'])
      },
      { client: { retryStrategy: impatient(3) } },
    ))

  it('sends the CRC32 of its bytes along', () =>
    onEmulated(async (values, { server }) => {
      await values.write('value', text('one'))
      const checksum = { algorithm: 'CRC32', type: 'FULL_OBJECT', value: 'emyG8Q==' }
      expect(server.buckets.get(bucketName)!.current('value')).toMatchObject({ checksum })
    }))
})

withMoto('on moto', () => {
  const moto = motoForThisFile()

  it('brings no older value back when it is erased in a bucket that keeps versions', async () => {
    const { name: Bucket, options, s3 } = await moto.bucket()
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })
    const backend = openS3(options)
    const values = registers(backend)!
    await values.write('value', text('one'))
    await values.write('value', text('two'))
    await values.erase('value')
    await expect(values.read('value')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { Versions } = await s3.listObjectVersions({ Bucket })
    expect(Versions).toHaveLength(2)
    await backend.close()
    s3.destroy()
  })

  it('says which bucket is missing, and not that a value was replaced', async () => {
    const { options } = await moto.bucket()
    const backend = openS3({ ...options, bucket: 'not-there' })
    const values = registers(backend)!
    const missing = {
      code: 'INVALID_CONFIG',
      message: expect.stringContaining('no such bucket') as unknown,
      hint: 'check s3_bucket, or make the bucket with bakthat create',
    }
    await expect(values.read('value')).rejects.toMatchObject(missing)
    await expect(values.write('value', text('one'))).rejects.toMatchObject(missing)
    await expect(values.write('value', text('one'), { ifMatch: '"etag"' })).rejects.toMatchObject(missing)
    await expect(values.erase('value')).rejects.toMatchObject(missing)
    await backend.close()
  })
})
