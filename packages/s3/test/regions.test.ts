import { describe, expect, it } from '@jest/globals'
import { createBucket } from '@bakthat/s3'
import { single } from '@bakthat/storage'

import { withAwsSetUp } from './aws-set-up.js'
import { inChunks, mebibyte, noise, read } from './bytes.js'
import { bucketName, emulated, type Emulated } from './emulated.js'

const abroad = 'eu-west-3'

/** What was asked for in vain, because the bucket lies elsewhere. */
const sentAway = ({ server }: Emulated): string[] =>
  server.requests.filter(({ status }) => status === 301).map(({ operation }) => operation)

/** The regions that requests were signed for. */
const regions = ({ server }: Emulated): Set<string | undefined> =>
  new Set(server.requests.map(({ headers }) => /\/\d{8}\/([^/]+)\/s3\//.exec(String(headers.authorization))?.[1]))

describe('a bucket in another region than was expected', () => {
  it('is followed once, and reached at once from then on', async () => {
    await using at = await emulated({}, { region: abroad })
    const backend = at.open()
    const content = noise(40 * mebibyte)
    const { locator } = await backend.put('blob', inChunks(content))
    expect((await read(backend, locator)).equals(content)).toBe(true)
    await backend.remove(locator)
    expect(sentAway(at)).toEqual(['HeadObject'])
  })

  it('is followed by everything that is asked for at the same time', async () => {
    await using at = await emulated({}, { region: abroad })
    const backend = at.open()
    const names = Array.from({ length: 20 }, (_, index) => `blob-${index}`)
    await Promise.all(names.map((name) => backend.put(name, single(noise(10)))))
    expect(at.server.buckets.get(bucketName)?.keys).toHaveLength(20)
    expect(sentAway(at).length).toBeLessThanOrEqual(names.length)
  })

  it('is where links lead', async () => {
    await using at = await emulated({}, { region: abroad })
    const backend = at.open()
    const { locator } = await backend.put('blob', single(noise(10)))
    const { url } = await backend.link(locator, { expiresInSeconds: 60 })
    expect((await fetch(url)).status).toBe(200)
  })

  it('is there, for whoever would make it', async () => {
    await using at = await emulated({}, { region: abroad })
    await expect(createBucket(at.options)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })
})

describe('a region that was set and is not that of the bucket', () => {
  it.each(['aws', 'minio'] as const)('keeps nobody from the bucket, nor from looking at it: %s', async (provider) => {
    await using at = await emulated()
    const options = { ...at.options, provider, region: abroad }
    const backend = at.open(options)
    const findings: string[] = []
    for await (const { subject, found } of backend.diagnose({ scratch: 'scratch/' }))
      if (subject === 'bucket') findings.push(found)
    expect(findings).toEqual(['there, in us-east-1'])
    await expect(createBucket(options)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    const asked: string[] = []
    for await (const { found } of at.open({ ...options, bucket: 'never-made' }).diagnose({ scratch: 'scratch/' }))
      asked.push(found)
    expect(asked[0]).toBe('there is none of that name')
  })
})

describe('the region', () => {
  const config = '[default]\nregion = ap-south-1\n[profile archive]\nregion = ca-central-1\n'

  it.each([
    ['is that of AWS_REGION', { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, {}, 'eu-west-1'],
    ['is that of AWS_DEFAULT_REGION', { AWS_DEFAULT_REGION: 'eu-west-2' }, {}, 'eu-west-2'],
    ['is that of AWS_DEFAULT_REGION, too', { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-2' }, {}, 'eu-west-2'],
    ['is that of the shared configuration', {}, {}, 'ap-south-1'],
    ['is that of it where variables are empty', { AWS_REGION: '', AWS_DEFAULT_REGION: '' }, {}, 'ap-south-1'],
    ['is that of a profile there', {}, { profile: 'archive' }, 'ca-central-1'],
    ['is that of a profile there which the environment names', { AWS_PROFILE: 'archive' }, {}, 'ca-central-1'],
    ['is what was set, whatever else is', { AWS_REGION: 'eu-west-1' }, { region: 'eu-north-1' }, 'eu-north-1'],
    ['is that of the provider, whatever the AWS tools use', { AWS_REGION: 'eu-west-1' }, { provider: 'r2' }, 'auto'],
  ] as const)('%s', (_, environment, options, region) =>
    withAwsSetUp({ config, environment }, async () => {
      await using at = await emulated({ region })
      await at.open(options).put('blob', single(noise(10)))
      expect(regions(at)).toEqual(new Set([region]))
    }),
  )

  it('is a mistake of the configuration where it is no name of one', () =>
    withAwsSetUp({ environment: { AWS_REGION: 'eu west' } }, async () => {
      await using at = await emulated()
      for (const options of [{ region: 'eu_west_1' }, {}])
        await expect(at.open(options).stat('blob')).rejects.toMatchObject({
          code: 'INVALID_CONFIG',
          hint: expect.stringContaining('region_name'),
        })
      expect(at.asked()).toEqual([])
    }))

  it.each(['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'])('has no %s beside an endpoint', (name) =>
    withAwsSetUp({ environment: { [name]: 'true' } }, async () => {
      await using at = await emulated()
      await expect(at.open().stat('blob')).rejects.toMatchObject({
        code: 'INVALID_CONFIG',
        hint: expect.stringContaining(name),
      })
    }),
  )

  it('is the oldest where nothing tells', () =>
    withAwsSetUp({}, async () => {
      await using at = await emulated()
      await at.open().put('blob', single(noise(10)))
      expect(regions(at)).toEqual(new Set(['us-east-1']))
    }))

  it('is the one that a server names which refuses signatures for another', () =>
    withAwsSetUp({}, async () => {
      await using at = await emulated({ region: 'home' })
      const backend = at.open({ provider: 'minio' })
      const listed = await backend.list()
      if (listed.state === 'ready') for await (const blob of listed.value) expect(blob).toBeUndefined()
      await backend.put('blob', single(noise(10)))
      expect(at.server.requests.filter(({ status }) => status === 400)).toHaveLength(1)
    }))

  it('is where buckets are made', () =>
    withAwsSetUp({ environment: { AWS_REGION: abroad } }, async () => {
      await using at = await emulated({ region: abroad })
      await createBucket({ ...at.options, bucket: 'made' })
      expect(at.server.buckets.get('made')?.region).toBe(abroad)
    }))
})
