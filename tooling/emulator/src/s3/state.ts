import type { Clock } from '../clock.js'
import type { Credential } from '../credentials.js'
import type { Policy } from './access/policy.js'
import type { Bucket } from './store/bucket.js'
import type { ContentWriter } from './store/contents.js'

export interface S3Credential extends Credential {
  /** What this one may do, as an IAM policy says it; everything unless there is one. */
  readonly policy?: Policy
}

/** What servers that speak S3 differ in. Amazon's are the defaults. */
export interface S3Features {
  /** `If-Match` and `If-None-Match` of writes (honoured). Servers are known that know them not, and that ignore them. */
  readonly conditionalWrites: 'honoured' | 'ignored' | 'refused'
  /** `x-amz-checksum-…` and trailers (verified). */
  readonly checksums: 'verified' | 'refused'
  /** Whether objects that came without a checksum get a CRC64NVME (true). It takes time that a benchmark may not have. */
  readonly defaultChecksum: boolean
  /** Operations that this server does not have: `GetObjectLockConfiguration` (none). */
  readonly without: readonly string[]
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html; sizes in bytes. */
export interface S3Limits {
  readonly parts: number
  /** Of all parts but the last. */
  readonly smallestPart: number
  /** Of a part, and of an object that is put at once. */
  readonly largestPut: number
  readonly largestObject: number
  /** Keys, parts and uploads of a page. */
  readonly page: number
}

export interface S3State {
  readonly region: string
  /** What happens in time goes by it: when objects are stored, thawed and no longer locked. */
  readonly clock: Clock
  /** What signatures are held against. */
  readonly wallClock: Clock
  readonly credentials: readonly S3Credential[]
  readonly features: S3Features
  readonly limits: S3Limits
  readonly buckets: Map<string, Bucket>
  newContent(): ContentWriter
}

/** The one account that owns all of it. */
export const account = '123456789012'
