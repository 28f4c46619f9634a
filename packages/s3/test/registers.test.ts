import { describe, expect, it } from '@jest/globals'
import { openS3 } from '@bakthat/s3'
import { registers, type Registers } from '@bakthat/storage'

import { FakeS3 } from './fake-s3.js'
import { motoForThisFile, withMoto } from './moto.js'

async function onFake(test: (values: Registers, fake: FakeS3) => Promise<void>): Promise<void> {
  await using fake = await FakeS3.start()
  const backend = openS3(fake.options)
  try {
    await test(registers(backend)!, fake)
  } finally {
    await backend.close()
  }
}

const text = (words: string): Buffer => Buffer.from(words)

describe('a register', () => {
  it('takes one request to write and one to read', () =>
    onFake(async (values, fake) => {
      await values.write('value', text('one'))
      await values.read('value')
      expect(fake.log).toEqual(['PUT value', 'GET value'])
    }))

  it('knows its own value again when the answer to a conditional write was lost', () =>
    onFake(async (values, fake) => {
      const { etag } = await values.write('value', text('one'))
      fake.faults = (asked, times) => (asked.method === 'PUT' && times === 2 ? 'lose answer' : undefined)
      const second = await values.write('value', text('two'), { ifMatch: etag })
      expect(await values.read('value')).toEqual({ bytes: new Uint8Array(text('two')), etag: second.etag })
      await expect(values.write('value', text('three'), { ifMatch: etag })).rejects.toMatchObject({
        code: 'ALREADY_EXISTS',
        message: 's3://fake/value is not what it was',
      })
    }))

  it('reads again what broke off in the middle', () =>
    onFake(async (values, fake) => {
      await values.write('value', Buffer.alloc(100_000, 7))
      fake.faults = (asked, times) => (asked.method === 'GET' && times < 3 ? { cutAfter: 50_000 } : undefined)
      expect((await values.read('value')).bytes).toHaveLength(100_000)
    }))

  it('sends the CRC32 of its bytes along', () =>
    onFake(async (values, fake) => {
      await values.write('value', text('one'))
      expect(fake.objects.get('value')?.crc32).toBe('emyG8Q==')
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
    const missing = { code: 'NOT_FOUND', message: expect.stringContaining('no such bucket') as unknown }
    await expect(values.read('value')).rejects.toMatchObject({ ...missing, code: 'INVALID_CONFIG' })
    await expect(values.write('value', text('one'), { ifMatch: '"etag"' })).rejects.toMatchObject(missing)
    await backend.close()
  })
})
