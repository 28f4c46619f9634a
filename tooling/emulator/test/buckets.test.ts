import { describe, expect, it } from '@jest/globals'

import { failure, started } from './support/client.js'

const Bucket = 'made'

describe('a bucket', () => {
  it('is made in the region of the server, and found there', async () => {
    const { s3 } = await started({ region: 'eu-central-1' })
    const abroad = (LocationConstraint: 'eu-central-1' | 'eu-west-1') =>
      s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint } })
    expect(await failure(abroad('eu-west-1'))).toBe('InvalidLocationConstraint 400')
    expect(await failure(s3.headBucket({ Bucket }))).toBe('NotFound 404')
    await abroad('eu-central-1')
    expect(await failure(abroad('eu-central-1'))).toBe('BucketAlreadyOwnedByYou 409')
    expect((await s3.getBucketLocation({ Bucket })).LocationConstraint).toBe('eu-central-1')
    expect((await s3.headBucket({ Bucket })).BucketRegion).toBe('eu-central-1')
    expect((await s3.listBuckets({})).Buckets?.map(({ Name }) => Name)).toEqual(['made', 'plain'])
  })

  it('can be made again in the oldest region, and stays as it is', async () => {
    const { s3 } = await started()
    await s3.createBucket({ Bucket })
    await s3.putObject({ Bucket, Key: 'x', Body: 'x' })
    expect(await failure(s3.createBucket({ Bucket }))).toBe('no failure')
    expect(await failure(s3.deleteBucket({ Bucket }))).toBe('BucketNotEmpty 409')
  })

  it('that lies in another region is reached through that alone, and other regions say which it is', async () => {
    const { client } = await started({ buckets: [{ name: 'abroad', region: 'eu-west-3' }] })
    const put = (region: string): Promise<unknown> =>
      client({ region }).putObject({ Bucket: 'abroad', Key: 'x', Body: 'x' })
    expect(await failure(put('us-east-1'))).toBe('PermanentRedirect 301')
    expect(await failure(put('eu-west-2'))).toBe('AuthorizationHeaderMalformed 400')
    expect(await failure(put('eu-west-3'))).toBe('no failure')
    const { BucketRegion } = await client({ followRegionRedirects: true }).headBucket({ Bucket: 'abroad' })
    expect(BucketRegion).toBe('eu-west-3')
  })

  it.each(['ab', 'Upper', 'under_score', 'two..dots', '-dash'])('is not called %s', async (name) => {
    const { s3 } = await started()
    expect(await failure(s3.createBucket({ Bucket: name }))).toBe('InvalidBucketName 400')
  })

  it('keeps its lifecycle rules, if they are rules', async () => {
    const { s3 } = await started()
    const Rules = [
      {
        ID: 'stale',
        Status: 'Enabled',
        Filter: { Prefix: 'a&b' },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ] as const
    const put = (rules: readonly object[]) =>
      s3.putBucketLifecycleConfiguration({ Bucket: 'plain', LifecycleConfiguration: { Rules: rules as never } })
    expect(await failure(s3.getBucketLifecycleConfiguration({ Bucket: 'plain' }))).toBe(
      'NoSuchLifecycleConfiguration 404',
    )
    await put(Rules)
    expect((await s3.getBucketLifecycleConfiguration({ Bucket: 'plain' })).Rules).toEqual(Rules)
    expect(await failure(put([{ Status: 'Enabled', Filter: { Prefix: '' } }]))).toBe('InvalidRequest 400')
    expect(await failure(put([]))).toBe('MalformedXML 400')
    await s3.deleteBucketLifecycle({ Bucket: 'plain' })
    expect(await failure(s3.getBucketLifecycleConfiguration({ Bucket: 'plain' }))).toBe(
      'NoSuchLifecycleConfiguration 404',
    )
  })

  it('is not removed from without a digest of what is to go', async () => {
    const { client } = await started()
    const s3 = client()
    s3.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> }
        for (const name of Object.keys(headers)) if (/checksum/.test(name)) Reflect.deleteProperty(headers, name)
        return next(args)
      },
      { step: 'build', priority: 'low' },
    )
    expect(await failure(s3.deleteObjects({ Bucket: 'plain', Delete: { Objects: [{ Key: 'x' }] } }))).toBe(
      'InvalidRequest 400',
    )
  })

  it('whose contents are only counted knows their size and nothing else', async () => {
    const { s3 } = await started({ storage: 'counted' })
    await s3.putObject({ Bucket: 'plain', Key: 'x', Body: Buffer.alloc(2_000_000) })
    expect((await s3.headObject({ Bucket: 'plain', Key: 'x' })).ContentLength).toBe(2_000_000)
    expect(await failure(s3.getObject({ Bucket: 'plain', Key: 'x' }))).toBe('NotImplemented 501')
  })
})
