import { mkdir } from 'node:fs/promises'

import type { Certificate } from '../certificate.js'
import { settableClock, type Clock } from '../clock.js'
import { testCredential } from '../credentials.js'
import { Faults } from '../faults.js'
import type { Logged } from '../http/exchange.js'
import { serveHttp } from '../http/server.js'
import { s3Service } from './service.js'
import type { S3Credential, S3Features, S3Limits, S3State } from './state.js'
import { Bucket, type LockRule, type Versioning } from './store/bucket.js'
import { Contents } from './store/contents.js'
import { countingWriter } from './store/other-contents.js'
import type { ArchiveStatus } from './store/version.js'

export interface S3Options {
  /** The region that the server is in (`us-east-1`). */
  readonly region?: string
  /** Who may sign requests (`testCredential`, who may do everything). */
  readonly credentials?: readonly S3Credential[]
  /** Buckets that are there from the beginning: names, or more about them. */
  readonly buckets?: readonly (string | BucketOptions)[]
  readonly features?: Partial<S3Features>
  readonly limits?: Partial<S3Limits>
  /** By which objects are stored, thawed and locked. */
  readonly clock?: Clock
  /** Against which signatures are held. Runs with that of the machine unless given. */
  readonly wallClock?: Clock
  /** Any free one unless given. */
  readonly port?: number
  /** What to show over TLS; plain HTTP unless given. */
  readonly certificate?: Certificate
  /** Where large contents go: a directory made in this one, which is made too if missing (the system's for temporary files), or nowhere: they are counted. */
  readonly storage?: { readonly directory: string } | 'counted'
}

export interface BucketOptions {
  readonly name: string
  /** The region that it lies in, if not that of the server: what is signed for another is sent there. */
  readonly region?: string
  readonly versioning?: Versioning
  /** Objects can be locked, and are by default if there is a rule. Brings versions along. */
  readonly objectLock?: true | Pick<LockRule, 'mode' | 'days'>
}

/** A server that speaks S3 and nothing but S3. */
export interface S3Server extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, or `https://` that: buckets come in the path. */
  readonly endpoint: string
  readonly region: string
  readonly clock: Clock
  readonly wallClock: Clock
  readonly faults: Faults
  /** Every request, in the order in which they began. */
  readonly requests: readonly Logged[]
  /** What is stored, beneath all rules: for looking and for tampering. */
  readonly buckets: ReadonlyMap<string, Bucket>
  /** Moves the current version of an object into an archive tier of Intelligent-Tiering, or out of it. */
  archive(bucket: string, key: string, status: ArchiveStatus | undefined): void
  stop(): Promise<void>
}

const amazonsFeatures: S3Features = {
  conditionalWrites: 'honoured',
  checksums: 'verified',
  defaultChecksum: true,
  without: [],
}

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3

const amazonsLimits: S3Limits = {
  parts: 10_000,
  smallestPart: 5 * mebibyte,
  largestPut: 5 * gibibyte,
  largestObject: 10_000 * 5 * gibibyte,
  page: 1000,
}

/** Starts a server in this process. Nothing of it outlives `stop`. */
export async function startS3(options: S3Options = {}): Promise<S3Server> {
  const { region = 'us-east-1', clock = settableClock(), wallClock = settableClock(), storage } = options
  const directory = storage === 'counted' ? undefined : storage?.directory
  if (directory !== undefined) await mkdir(directory, { recursive: true })
  const contents = new Contents(directory)
  const state: S3State = {
    region,
    clock,
    wallClock,
    credentials: options.credentials ?? [testCredential],
    features: { ...amazonsFeatures, ...options.features },
    limits: { ...amazonsLimits, ...options.limits },
    buckets: new Map(bucketsOf(options.buckets ?? [], clock.now(), region)),
    newContent: storage === 'counted' ? countingWriter : () => contents.writer(),
  }
  const faults = new Faults()
  const service = s3Service(state)
  const server = await serveHttp({ ...options, service, faults, wallClock })
  const stop = async (): Promise<void> => {
    await server.stop()
    contents.close()
  }
  return {
    endpoint: server.endpoint,
    requests: server.requests,
    region,
    clock,
    wallClock,
    faults,
    buckets: state.buckets,
    archive: (bucket, key, status) => archive(state, bucket, key, status),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function bucketsOf(
  buckets: readonly (string | BucketOptions)[],
  now: Date,
  here: string,
): readonly (readonly [string, Bucket])[] {
  return buckets.map((one) => {
    const { name, region = here, versioning, objectLock }: BucketOptions = typeof one === 'string' ? { name: one } : one
    const bucket = new Bucket(name, now, region)
    bucket.versioning = objectLock === undefined ? versioning : 'Enabled'
    if (objectLock === true) bucket.objectLock = { rule: undefined }
    else if (objectLock !== undefined) bucket.objectLock = { rule: { ...objectLock, years: undefined } }
    return [name, bucket]
  })
}

function archive({ buckets }: S3State, bucket: string, key: string, status: ArchiveStatus | undefined): void {
  const object = buckets.get(bucket)?.current(key)
  if (object?.isMarker !== false || object.storageClass !== 'INTELLIGENT_TIERING') {
    throw new Error(`${bucket}/${key} is no object in Intelligent-Tiering`)
  }
  object.archiveStatus = status
  object.restore = undefined
}
