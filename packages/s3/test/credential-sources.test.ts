import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'
import { hour, settableClock, type S3Credential } from '@bakthat/emulator/s3'
import { openS3, type S3Options } from '@bakthat/s3'
import { single } from '@bakthat/storage'

import { withAwsSetUp } from './aws-set-up.js'
import { noise } from './bytes.js'
import { emulated, type Emulated } from './emulated.js'
import { motoForThisFile, withMoto } from './moto.js'

const anna: S3Credential = { accessKeyId: 'AKIAANNA', secretAccessKey: 'secret of anna' }
const session = { accessKeyId: 'ASIASESSION', secretAccessKey: 'secret of the session', sessionToken: 'token' }

/** Stores something, with no keys but those that are found. */
async function storeOn({ options }: Emulated, more: Partial<S3Options> = {}): Promise<void> {
  const { credentials, ...keyless } = options
  expect(credentials).toBeDefined()
  const backend = openS3({ ...keyless, ...more })
  try {
    await backend.put('blob', single(noise(10)))
  } finally {
    await backend.close()
  }
}

/** The same, on a server that knows those keys. */
async function store(more: Partial<S3Options>, ...credentials: readonly S3Credential[]): Promise<void> {
  await using at = await emulated({ credentials })
  await storeOn(at, more)
}

/** A service of one address that answers in JSON, for as long as a test runs. */
async function withService(
  answer: (request: IncomingMessage) => object | undefined,
  test: (endpoint: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    const body = answer(request)
    response.writeHead(body === undefined ? 403 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** That requests are signed with keys that moto made up, which the emulator cannot know. */
async function expectTemporaryKeys(at: Emulated, more: Partial<S3Options> = {}): Promise<void> {
  await expect(storeOn(at, more)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
  const { headers } = at.server.requests.at(-1)!
  expect(headers.authorization).toMatch(/Credential=ASIA/)
  expect(headers['x-amz-security-token']).toBeDefined()
}

const later = (): Date => new Date(Date.now() + hour)

describe('keys that are not in the options', () => {
  it('come from the environment', () => {
    const environment = {
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
    }
    return withAwsSetUp({ environment }, () => store({}, session))
  })

  it('come from a profile of the shared files', () => {
    const credentials = `[other]\naws_access_key_id = ${anna.accessKeyId}\naws_secret_access_key = ${anna.secretAccessKey}\n`
    return withAwsSetUp({ credentials }, () => store({ profile: 'other' }, anna))
  })

  it.each([{}, { profile: 'default' }])(
    'are read again, where they have expired, from the shared files: %j',
    (more) => {
      const ini = ({ accessKeyId, secretAccessKey, sessionToken }: typeof session): string =>
        `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`
      const renewed = { ...session, accessKeyId: 'ASIARENEWED', sessionToken: 'renewed' }
      const wallClock = settableClock(new Date())
      const expires = new Date(wallClock.now().getTime() + hour)
      return withAwsSetUp({ credentials: ini(session) }, async () => {
        await using at = await emulated({ credentials: [{ ...session, expires }, renewed], wallClock })
        const { credentials, ...keyless } = at.options
        expect(credentials).toBeDefined()
        const backend = openS3({ ...keyless, ...more })
        const { locator } = await backend.put('blob', single(noise(10)))
        await writeFile(process.env.AWS_SHARED_CREDENTIALS_FILE!, ini(renewed))
        wallClock.advance(2 * hour)
        await expect(backend.stat(locator)).resolves.toMatchObject({ state: 'ready' })
        await backend.close()
      })
    },
  )

  it('come from a program that a profile names', () => {
    const script = `console.log(JSON.stringify({Version:1,AccessKeyId:'${anna.accessKeyId}',SecretAccessKey:'${anna.secretAccessKey}'}))`
    const config = `[profile by-program]\ncredential_process = "${process.execPath}" -e "${script}"\n`
    return withAwsSetUp({ config }, () => store({ profile: 'by-program' }, anna))
  })

  /** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
  it('come from the role of a container', () =>
    withService(
      ({ url, headers }) =>
        url === '/role' && headers.authorization === 'of the pod'
          ? {
              AccessKeyId: session.accessKeyId,
              SecretAccessKey: session.secretAccessKey,
              Token: session.sessionToken,
              Expiration: later().toISOString(),
            }
          : undefined,
      (endpoint) => {
        const environment = {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}/role`,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: 'of the pod',
        }
        return withAwsSetUp({ environment }, () => store({}, session))
      },
    ))

  it('that are nowhere are told of, with what to do', () =>
    withAwsSetUp({}, async () => {
      await expect(store({})).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining('there are no credentials'),
        hint: 'set access_key and secret_key, check aws_profile, or set the AWS tools up',
      })
    }))
})

describe('keys of single sign-on', () => {
  const config = `[profile work]
sso_session = company
sso_account_id = 123456789012
sso_role_name = Backup
[sso-session company]
sso_region = eu-west-1
sso_start_url = https://company.example.org/start
`

  /** What `aws sso login` leaves behind. */
  async function signIn(expiresAt: Date): Promise<void> {
    const directory = join(process.env['HOME']!, '.aws', 'sso', 'cache')
    const name = createHash('sha1').update('company').digest('hex')
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, `${name}.json`), JSON.stringify({ accessToken: 'of today', expiresAt }))
  }

  /** https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html */
  const portal = ({ url, headers }: IncomingMessage): object | undefined =>
    url === '/federation/credentials?account_id=123456789012&role_name=Backup' &&
    headers['x-amz-sso_bearer_token'] === 'of today'
      ? { roleCredentials: { ...session, expiration: later().getTime() } }
      : undefined

  it('come from the session that somebody signed in to', () =>
    withService(portal, (endpoint) =>
      withAwsSetUp({ config, environment: { AWS_ENDPOINT_URL_SSO: endpoint } }, async () => {
        await signIn(later())
        await store({ profile: 'work' }, session)
      }),
    ))

  it('that have ended are told of, with how to sign in again', () =>
    withAwsSetUp({ config }, async () => {
      await signIn(new Date(Date.now() - hour))
      await expect(store({ profile: 'work' })).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining('single sign-on'),
        hint: 'sign in again with aws sso login',
      })
    }))
})

withMoto('keys that others give, as moto does', () => {
  const moto = motoForThisFile()

  it('come from the role of an instance', async () => {
    const { options } = await moto.bucket()
    const environment = { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: options.endpoint! }
    const role = { accessKeyId: 'test-key', secretAccessKey: 'test-secret-key', sessionToken: 'test-session-token' }
    await withAwsSetUp({ environment }, () => store({}, role))
  })

  /** As pods of Kubernetes have it: https://docs.aws.amazon.com/sdkref/latest/guide/access-assume-role-web.html */
  it('come from a role that a token of somebody else gives', async () => {
    const { options } = await moto.bucket()
    const token = join(tmpdir(), `bakthat-token-${randomUUID()}`)
    await writeFile(token, 'of the pod')
    const environment = {
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/backup',
      AWS_ENDPOINT_URL_STS: options.endpoint!,
    }
    await withAwsSetUp({ environment }, async () => {
      await using at = await emulated({ credentials: [] })
      await expectTemporaryKeys(at)
    })
    await rm(token)
  })

  it('come from a role that a profile takes on', async () => {
    const { options } = await moto.bucket()
    const config = `[profile backup]
role_arn = arn:aws:iam::123456789012:role/backup
source_profile = anna
region = us-east-1
`
    const credentials = `[anna]\naws_access_key_id = ${anna.accessKeyId}\naws_secret_access_key = ${anna.secretAccessKey}\n`
    await withAwsSetUp({ config, credentials, environment: { AWS_ENDPOINT_URL_STS: options.endpoint! } }, async () => {
      await using at = await emulated({ credentials: [] })
      await expectTemporaryKeys(at, { profile: 'backup' })
    })
  })
})
