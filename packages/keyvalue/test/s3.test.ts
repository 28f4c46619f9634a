import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { motoPython, motoServer, startMoto, type Moto } from '@bakthat/emulator/moto'
import { KeyValue, type Conf } from '@bakthat/keyvalue'
import { createBucket } from '@bakthat/s3'
import { Place } from './place.js'

const withMoto = motoServer() === undefined ? describe.skip : describe
withMoto('in S3', () => {
  let moto: Moto | undefined
  beforeAll(async () => {
    moto = await startMoto()
  })
  afterAll(async () => {
    await moto?.stop()
  })

  async function bucket({ directory }: Place): Promise<Conf & { readonly s3_bucket: string }> {
    const conf = { s3_bucket: `bucket-${randomUUID()}`, endpoint: moto!.endpoint, region_name: 'us-east-1' }
    const credentials = { accessKeyId: 'YOURACCESSKEY', secretAccessKey: 'YOURSECRETKEY' }
    await createBucket({ bucket: conf.s3_bucket, endpoint: conf.endpoint, region: conf.region_name, credentials })
    const database = join(directory, 'catalog.sqlite')
    return { ...conf, database, access_key: 'YOURACCESSKEY', secret_key: 'YOURSECRETKEY', glacier_vault: 'yourvault' }
  }

  it('a value is an object of the name of its key, as the Python tool had it: boto3 reads it, and writes one', async () => {
    await using place = await Place.make()
    const conf = await bucket(place)
    await using kv = new KeyValue({ conf })
    await kv.setKey('mykey', { some: 'data' })
    const script = `
import boto3, gzip, json, sys
s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='x', aws_secret_access_key='y')
print(json.loads(gzip.decompress(s3.get_object(Bucket=sys.argv[2], Key='mykey')['Body'].read()))['some'])
s3.put_object(Bucket=sys.argv[2], Key='theirs', Body=gzip.compress(json.dumps(['by', 'Python']).encode()))
`
    const { stdout } = await promisify(execFile)(motoPython()!, ['-c', script, moto!.endpoint, conf.s3_bucket])
    expect(stdout).toBe('data\n')
    expect(await kv.getKey('theirs')).toEqual(['by', 'Python'])
    expect(await kv.keys()).toEqual(['mykey', 'theirs'])
  })

  it('it is replaced, compared and deleted', async () => {
    await using place = await Place.make()
    await using kv = new KeyValue({ conf: await bucket(place) })
    const { etag } = await kv.setKey('mykey', 1)
    await kv.setKey('mykey', 2, { ifMatch: etag })
    await expect(kv.setKey('mykey', 3, { ifMatch: etag })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await kv.getKey('mykey')).toBe(2)
    await kv.deleteKey('mykey')
    expect([await kv.hasKey('mykey'), await kv.getKey('mykey')]).toEqual([false, undefined])
  })

  it('values of a profile whose destination is a vault lie in its bucket', async () => {
    await using place = await Place.make()
    const conf = await bucket(place)
    await using kv = new KeyValue({ conf: { ...conf, default_destination: 'glacier' } })
    await kv.setKey('mykey', 1)
    await using again = new KeyValue({ conf })
    expect(await again.keys()).toEqual(['mykey'])
  })

  it('a link gives what is stored to whoever has it, for a while', async () => {
    await using place = await Place.make()
    await using kv = new KeyValue({ conf: await bucket(place) })
    await kv.setKey('mykey', { some: 'data' }, { compress: false })
    const url = await kv.getKeyUrl('mykey', 60)
    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('60')
    expect(await (await fetch(url)).json()).toEqual({ some: 'data' })
    const head = await fetch(await kv.getKeyUrl('mykey', 60, 'HEAD'), { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '15'])
    await expect(kv.getKeyUrl('mykey', 60, 'PUT' as 'GET')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(kv.getKeyUrl('mykey', 604_801)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(kv.getKeyUrl('nothing', 60)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('a bucket that is not there is no store without keys', async () => {
    await using place = await Place.make()
    await using kv = new KeyValue({ conf: { ...(await bucket(place)), s3_bucket: 'a-typo-of-a-bucket' } })
    const missing = {
      code: 'INVALID_CONFIG',
      message: 's3://a-typo-of-a-bucket/mykey cannot be reached: there is no such bucket',
      hint: 'check s3_bucket, or make the bucket with bakthat create',
    }
    await expect(kv.getKey('mykey', { default: 1 })).rejects.toMatchObject(missing)
    await expect(kv.setKey('mykey', 1)).rejects.toMatchObject(missing)
    await expect(kv.deleteKey('mykey')).rejects.toMatchObject(missing)
    await expect(kv.hasKey('mykey')).rejects.toMatchObject(missing)
    await expect(kv.getKeyUrl('mykey', 60)).rejects.toMatchObject(missing)
  })
})

describe('elsewhere', () => {
  it('values are not kept in vaults, and there are no links to what lies in a directory', async () => {
    await using place = await Place.make()
    await using vault = place.open({ destination: 'glacier' })
    await expect(vault.setKey('key', 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await using kv = place.open()
    await kv.setKey('key', 1)
    await expect(kv.getKeyUrl('key', 60)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})
