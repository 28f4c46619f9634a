import { S3 } from '@aws-sdk/client-s3'
import {
  startS3,
  testCredential,
  type BucketOptions,
  type S3Options as ServerOptions,
  type S3Server,
} from '@bakthat/emulator/s3'
import { openS3, type S3Backend, type S3Options } from '@bakthat/s3'

import { impatient } from '@bakthat/emulator/impatience'

export type { S3Server }

export const bucketName = 'emulated'

export const { accessKeyId, secretAccessKey } = testCredential

/** A server of its own with one bucket, and what a backend is opened with to reach it as it would reach Amazon. */
export interface Emulated extends AsyncDisposable {
  readonly server: S3Server
  readonly options: S3Options
  /** What the server was asked for, in order: `PutObject`. */
  asked(): string[]
  open(more?: Partial<S3Options>): S3Backend
}

export async function emulated(
  options: ServerOptions = {},
  bucket: Omit<BucketOptions, 'name'> = {},
): Promise<Emulated> {
  const server = await startS3({ buckets: [{ name: bucketName, ...bucket }], ...options })
  const opened: S3Backend[] = []
  const s3Options: S3Options = {
    bucket: bucketName,
    endpoint: server.endpoint,
    provider: 'aws',
    pathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    pause: () => Promise.resolve(),
    now: () => server.clock.now(),
    client: { retryStrategy: impatient() },
  }
  return {
    server,
    options: s3Options,
    asked: () => server.requests.map(({ operation }) => operation),
    open: (more = {}) => {
      const backend = openS3({ ...s3Options, ...more })
      opened.push(backend)
      return backend
    },
    async [Symbol.asyncDispose]() {
      for (const backend of opened) await backend.close()
      await server.stop()
    },
  }
}

/** Runs a test with a backend on a server of its own, and sees to it that what was to go wrong has gone wrong. */
export async function onEmulated(
  test: (backend: S3Backend, at: Emulated) => Promise<void>,
  more: Partial<S3Options> = {},
  server: ServerOptions = {},
  bucket: Omit<BucketOptions, 'name'> = {},
): Promise<void> {
  await using at = await emulated(server, bucket)
  await test(at.open(more), at)
  at.server.faults.assertAllHit()
}

/** The keys of all objects, and of all uploads that were begun. */
export function inBucket({ server }: Emulated): {
  readonly objects: readonly string[]
  readonly uploads: readonly string[]
} {
  const bucket = server.buckets.get(bucketName)!
  return { objects: bucket.keys, uploads: [...bucket.uploads.values()].map(({ key }) => key) }
}

/** Begins an upload, sends so many parts of it, and leaves it, as a process does that is killed. Answers with its id. */
export async function begin(at: Emulated, key: string, parts = 0): Promise<string> {
  const id = await directly(at, async (s3, Bucket) => (await s3.createMultipartUpload({ Bucket, Key: key })).UploadId!)
  for (let number = 1; number <= parts; number++) await sendPart(at, key, id, number)
  return id
}

/** Sends a part of an upload, as the process does that began it. */
export async function sendPart(at: Emulated, key: string, uploadId: string, number: number): Promise<void> {
  await directly(at, (s3, Bucket) =>
    s3.uploadPart({ Bucket, Key: key, UploadId: uploadId, PartNumber: number, Body: 'part' }),
  )
}

/** Deletes an object as most programs do: of versions, only the sight. */
export async function hide(at: Emulated, key: string): Promise<void> {
  await directly(at, (s3, Bucket) => s3.deleteObject({ Bucket, Key: key }))
}

/** Past the backend that is tested. */
async function directly<T>({ options }: Emulated, act: (s3: S3, bucket: string) => Promise<T>): Promise<T> {
  const { bucket, endpoint } = options
  const credentials = { accessKeyId, secretAccessKey }
  const s3 = new S3({ endpoint: endpoint!, credentials, region: 'us-east-1', forcePathStyle: true })
  try {
    return await act(s3, bucket)
  } finally {
    s3.destroy()
  }
}
