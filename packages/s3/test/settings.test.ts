import { describe, expect, it } from '@jest/globals'
import type { S3Credential } from '@bakthat/emulator/s3'
import { openS3, s3, type S3Options } from '@bakthat/s3'
import { single } from '@bakthat/storage'

import { withAwsSetUp } from './aws-set-up.js'
import { bucketName, emulated } from './emulated.js'

const settings = { s3_bucket: 'backups', default_destination: 's3', local_dir: '/srv' }

describe('a profile', () => {
  it('names its container by server, bucket and prefix, without keys', async () => {
    const { container } = await s3.open({ ...settings, s3_prefix: 'laptop/', access_key: 'AKID', secret_key: 's3cr3t' })
    expect(container).toBe('aws/backups/laptop/')
    const elsewhere = await s3.open({ ...settings, endpoint: 'https://minio.example.org:9000', provider: 'minio' })
    expect(elsewhere.container).toBe('minio.example.org:9000/backups/')
  })

  it.each([
    [{ AWS_ENDPOINT_URL: 'http://other:9000' }, {}, 'other:9000/backups/'],
    [{ AWS_ENDPOINT_URL: 'http://other', AWS_ENDPOINT_URL_S3: 'http://s3:9000' }, {}, 's3:9000/backups/'],
    [{ AWS_ENDPOINT_URL: 'http://other' }, { endpoint: 'http://own' }, 'own/backups/'],
    [{ AWS_ENDPOINT_URL: 'http://other', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, {}, 'aws/backups/'],
    [{ AWS_ENDPOINT_URL: '' }, {}, 'aws/backups/'],
  ])('lies where the AWS tools would look: with %j and %j', (environment: Record<string, string>, own, expected) =>
    withAwsSetUp({ environment }, async () => {
      expect((await s3.open({ ...settings, ...own })).container).toBe(expected)
    }),
  )

  it('says by its storage class whether archives are cold and how long they are paid for', async () => {
    const classes = {
      STANDARD: 0,
      REDUCED_REDUNDANCY: 0,
      STANDARD_IA: 30,
      GLACIER_IR: 90,
      GLACIER: 90,
      deep_archive: 180,
    }
    for (const [storage_class, minimumStorageDays] of Object.entries(classes)) {
      const { capabilities } = await s3.open({ ...settings, storage_class })
      const retrieval = /^(GLACIER|deep_archive)$/.test(storage_class) ? 'deferred' : 'immediate'
      expect(capabilities).toMatchObject({ retrieval, minimumStorageDays })
    }
  })

  it.each([
    ['Amazon', {}, 'bytes'],
    ['Amazon behind an endpoint', { endpoint: 'https://s3.example.com', provider: 'aws' }, 'bytes'],
    ['any other server', { endpoint: 'https://s3.example.com' }, 'size'],
  ])('says what is heard of the bytes that were stored: with %s', async (_, server, confirmation) => {
    expect((await s3.open({ ...settings, ...server })).capabilities.confirmation).toBe(confirmation)
  })

  it('asks for encryption by the KMS key that it names', async () => {
    await using at = await emulated()
    const { endpoint, credentials } = at.options
    const backend = await s3.open({
      s3_bucket: bucketName,
      endpoint,
      access_key: (credentials as S3Credential).accessKeyId,
      secret_key: (credentials as S3Credential).secretAccessKey,
      sse_kms_key_id: 'alias/backups',
    })
    await backend.put('blob', single(Buffer.from('x')))
    const { headers } = at.server.requests.find(({ operation }) => operation === 'PutObject')!
    expect(headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/backups',
    })
    await backend.close()
  })

  for (const [what, mistaken] of Object.entries({
    'no bucket': { s3_bucket: undefined },
    'a bucket that is a path': { s3_bucket: 'a/b' },
    'a directory bucket': { s3_bucket: 'backups--use1-az4--x-s3' },
    'half of the keys': { access_key: 'AKID' },
    'the other half': { secret_key: 's3cr3t' },
    'an endpoint without a scheme': { endpoint: 'minio.example.org' },
    'an endpoint with a password': { endpoint: 'https://user:pass@minio.example.org' },
    'an unknown provider': { provider: 'acme' },
    'a KMS key with encryption that has none': { sse: 'AES256', sse_kms_key_id: 'alias/backups' },
    'two storage classes': { storage_class: 'STANDARD_IA', s3_reduced_redundancy: true },
    'half of a lock': { object_lock: { mode: 'governance' } },
    'a prefix that leads out': { s3_prefix: '../' },
    'a prefix that begins with a slash': { s3_prefix: '/a' },
    'a prefix that is too long': { s3_prefix: 'a'.repeat(125) },
    'a switch that is a text': { path_style: 'yes' },
    'more parts than there can be': { max_upload_parts: 10_001 },
    'a limit of nothing': { bandwidth_limit: 0 },
  })) {
    it(`is refused with ${what}, and the message holds no secret`, async () => {
      const error: unknown = await s3.open({ ...settings, ...mistaken }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'INVALID_CONFIG', hint: expect.any(String) })
      expect(String(error)).not.toMatch(/s3cr3t|pass@/)
    })
  }
})

it.each(['minio.example.org', 'ftp://minio.example.org', 'https://user:pass@minio.example.org'])(
  'the options of openS3 are refused with the endpoint %s',
  (endpoint) => {
    expect(() => openS3({ bucket: 'bucket', endpoint })).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG' }))
  },
)

describe('a provider', () => {
  const paidDays = async (more: object): Promise<number> =>
    (await s3.open({ ...settings, ...more })).capabilities.minimumStorageDays

  it('is told by the host name, unless the profile tells another', async () => {
    const endpoint = 'https://s3.eu-central-2.wasabisys.com'
    expect(await paidDays({ endpoint })).toBe(90)
    expect(await paidDays({ endpoint, provider: 'minio' })).toBe(0)
    expect(await paidDays({ endpoint: 'https://minio.example.org', provider: 'wasabi' })).toBe(90)
    expect(await paidDays({ endpoint: 'https://wasabisys.com.example.org' })).toBe(0)
  })

  interface Asked {
    readonly hostname: string
    readonly headers: Readonly<Record<string, string>>
  }

  /** What a backend would send first. */
  async function firstRequest(endpoint: string): Promise<Asked | undefined> {
    let asked: Asked | undefined
    const handle = (request: Asked): Promise<never> => {
      asked = request
      return Promise.reject(new Error('asked enough'))
    }
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    const client = { requestHandler: { handle } } as unknown as NonNullable<S3Options['client']>
    const backend = openS3({ bucket: 'backups', endpoint, credentials, client })
    await backend.stat('blob').catch(() => undefined)
    await backend.close()
    return asked
  }

  it.each(['s3.amazonaws.com', 's3.us-east-1.amazonaws.com', 's3-fips.dualstack.us-east-1.amazonaws.com'])(
    'puts the bucket into the host name %s of Amazon',
    async (host) => {
      expect(await firstRequest(`https://${host}`)).toMatchObject({ hostname: `backups.${host}` })
      expect(await firstRequest(`https://${host}.example.org`)).toMatchObject({ hostname: `${host}.example.org` })
    },
  )

  it.each([
    ['https://s3.us-west-004.backblazeb2.com', 'us-west-004'],
    ['https://fra1.digitaloceanspaces.com', 'fra1'],
    ['https://fsn1.your-objectstorage.com', 'fsn1'],
    ['https://s3.fr-par.scw.cloud', 'fr-par'],
    ['https://account.r2.cloudflarestorage.com', 'auto'],
    ['https://storage.googleapis.com', 'auto'],
    ['https://s3.wasabisys.com', 'us-east-1'],
    ['https://s3.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['https://s3.dualstack.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['https://s3-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['https://s3-fips.dualstack.us-east-2.amazonaws.com', 'us-east-2'],
    ['https://s3.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['https://s3.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['https://minio.example.org', 'us-east-1'],
  ])('behind %s signs for the region %s', async (endpoint, region) => {
    expect((await firstRequest(endpoint))?.headers['authorization']).toContain(`/${region}/s3/aws4_request`)
  })
})

describe('a locator', () => {
  it('of a version is told apart from every name', async () => {
    const backend = openS3({ bucket: 'backups' })
    expect(backend.locate('a%00b')).toBe('a%2500b')
    for (const locator of ['a%00', 'a%00%zz', 'a%00x%0ay', '%00v']) {
      await expect(backend.stat(locator)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })
})
