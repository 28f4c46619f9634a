import { afterEach } from '@jest/globals'
import { S3, type S3ClientConfig } from '@aws-sdk/client-s3'
import { startS3, testCredential, type S3Options, type S3Server } from '@bakthat/emulator/s3'

export interface Started {
  readonly server: S3Server
  /** Makes one attempt at everything. */
  readonly s3: S3
  readonly client: (config?: S3ClientConfig) => S3
}

const ignore = (): void => undefined
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }

const running: { readonly server: S3Server; readonly clients: S3[] }[] = []

afterEach(async () => {
  for (const { server, clients } of running.splice(0)) {
    for (const client of clients) client.destroy()
    await server.stop()
  }
})

/** Starts a server with a bucket `plain`, or what else is asked for, until the test is over. */
export async function started(options: S3Options = {}): Promise<Started> {
  const server = await startS3({ buckets: ['plain'], ...options })
  const clients: S3[] = []
  running.push({ server, clients })
  const client = (config: S3ClientConfig = {}): S3 => {
    const s3 = new S3({
      endpoint: server.endpoint,
      region: server.region,
      credentials: testCredential,
      forcePathStyle: true,
      maxAttempts: 1,
      logger: silent,
      ...config,
    })
    clients.push(s3)
    return s3
  }
  return { server, s3: client(), client }
}

/** What a promise fails with, as code and status. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } }
    return `${name} ${$metadata?.httpStatusCode ?? ''}`.trim()
  }
  return 'no failure'
}

/** Changes requests after they were signed. */
export function tampering(
  s3: S3,
  tamper: (request: { headers: Record<string, string>; path: string; body: unknown }) => void,
): S3 {
  s3.middlewareStack.add(
    (next) => (args) => {
      tamper(args.request as never)
      return next(args)
    },
    { step: 'deserialize', priority: 'low' },
  )
  return s3
}

export const mebibyte = 1024 * 1024
