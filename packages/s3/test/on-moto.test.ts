import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'

import { expect, it } from '@jest/globals'
import { motoPython } from '@bakthat/emulator/moto'
import { createBucket, openS3 } from '@bakthat/s3'
import { single, type StorageBackend } from '@bakthat/storage'

import { inChunks, mebibyte, noise, read } from './bytes.js'
import { motoForThisFile, withMoto } from './moto.js'

const large = noise(17 * mebibyte + 1)
const inPython = promisify(execFile)

async function first(backend: StorageBackend): Promise<unknown> {
  const listing = await backend.list()
  if (listing.state === 'ready') for await (const blob of listing.value) return blob
  return undefined
}

withMoto('on moto', () => {
  const moto = motoForThisFile()

  it('stores what boto3 reads back, and reads what boto3 stored', async () => {
    const { name, options } = await moto.bucket()
    const backend = openS3({ ...options, prefix: 'p/', provider: 'aws', pathStyle: true })
    await backend.put('small ü+%', single(Buffer.from('small')))
    await backend.put('large', inChunks(large))
    const script = `
import boto3, hashlib, sys
s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='x', aws_secret_access_key='y')
for key in ['p/small ü+%', 'p/large']:
    print(hashlib.sha256(s3.get_object(Bucket=sys.argv[2], Key=key)['Body'].read()).hexdigest())
s3.put_object(Bucket=sys.argv[2], Key='p/by boto3', Body=b'hello')
`
    const { stdout } = await inPython(motoPython()!, ['-c', script, options.endpoint!, name])
    expect(stdout.trim().split('\n')).toEqual([sha256Of(Buffer.from('small')), sha256Of(large)])
    expect((await read(backend, backend.locate('by boto3')!)).toString()).toBe('hello')
    await backend.close()
  })

  it('reads and removes the version that it stored, whatever was put over it', async () => {
    const { name: Bucket, options, s3 } = await moto.bucket()
    await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })
    const backend = openS3(options)
    for (const content of [Buffer.from('ours'), large]) {
      const { locator, name } = await backend.put(`blob ${content.length}`, inChunks(content))
      expect(locator).toMatch(/^blob \d+%00./)
      await s3.putObject({ Bucket, Key: name, Body: 'theirs' })
      expect((await read(backend, locator)).equals(content)).toBe(true)
      await backend.remove(locator)
      await backend.remove(locator)
      await expect(backend.stat(locator)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect((await read(backend, backend.locate(name)!)).toString()).toBe('theirs')
      await backend.remove(backend.locate(name)!)
    }
    const { Versions, DeleteMarkers } = await s3.listObjectVersions({ Bucket })
    expect([Versions, DeleteMarkers]).toEqual([undefined, undefined])
    await backend.close()
  })

  it('clears uploads of the blob that were never finished, and no others', async () => {
    const { name: Bucket, options, s3 } = await moto.bucket()
    for (const Key of ['blob', 'blob2']) await s3.createMultipartUpload({ Bucket, Key })
    const backend = openS3(options)
    await backend.remove(backend.locate('blob')!)
    const { Uploads } = await s3.listMultipartUploads({ Bucket })
    expect(Uploads?.map(({ Key }) => Key)).toEqual(['blob2'])
    await backend.close()
  })

  it('finds the unfinished upload of another program, as old as its newest part', async () => {
    const { name: Bucket, options, s3 } = await moto.bucket()
    const { UploadId } = await s3.createMultipartUpload({ Bucket, Key: 'blob' })
    for (const PartNumber of [1, 2]) await s3.uploadPart({ Bucket, Key: 'blob', UploadId, PartNumber, Body: 'part' })
    const { Parts = [] } = await s3.listParts({ Bucket, Key: 'blob', UploadId })
    const backend = openS3(options)
    for await (const { id, name, writtenAt } of backend.leftovers()) {
      expect([name, writtenAt]).toEqual(['blob', Parts.at(-1)?.LastModified])
      await backend.removeLeftover(id)
    }
    const { Uploads } = await s3.listMultipartUploads({ Bucket })
    expect([Parts.length, Uploads]).toEqual([2, undefined])
    await backend.close()
  })

  it('locks what it stores, and cannot remove it then', async () => {
    const { options } = await moto.bucket()
    const locking = {
      ...options,
      bucket: `${options.bucket}-locked`,
      objectLock: { mode: 'governance', days: 3 },
    } as const
    await createBucket(locking)
    const backend = openS3(locking)
    const { locator } = await backend.put('blob', single(large.subarray(0, 100)))
    await expect(backend.remove(locator)).rejects.toMatchObject({ code: 'LOCKED' })
    expect(await read(backend, locator)).toEqual(large.subarray(0, 100))
    await backend.close()
  })

  it('makes no bucket unasked: storing and listing say that there is none', async () => {
    const { options } = await moto.bucket()
    const backend = openS3({ ...options, bucket: 'never-made' })
    await expect(backend.put('blob', single(large.subarray(0, 5)))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(backend.put('blob', inChunks(large))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(first(backend)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('there is no such bucket'),
    })
    await backend.remove(backend.locate('blob')!)
    await backend.close()
  })

  it('makes a bucket that clears stale uploads, once', async () => {
    const { options, s3 } = await moto.bucket()
    const made = { ...options, bucket: `${options.bucket}-made` }
    expect(await createBucket(made)).toEqual({ clearsStaleUploads: true, notices: [] })
    const { Rules } = await s3.getBucketLifecycleConfiguration({ Bucket: made.bucket })
    expect(Rules).toMatchObject([{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 } }])
    await expect(createBucket(made)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })

  it('stores with the class and the encryption that were asked for', async () => {
    const { name: Bucket, options, s3 } = await moto.bucket()
    const backend = openS3({ ...options, storageClass: 'REDUCED_REDUNDANCY', sse: 'AES256' })
    await backend.put('small', single(Buffer.from('a')))
    await backend.put('large', inChunks(large))
    for (const Key of ['small', 'large']) {
      const { StorageClass, ServerSideEncryption } = await s3.headObject({ Bucket, Key })
      expect([StorageClass, ServerSideEncryption]).toEqual(['REDUCED_REDUNDANCY', 'AES256'])
    }
    await backend.close()
  })
})

function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
