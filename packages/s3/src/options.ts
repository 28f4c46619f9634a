import type { S3ClientConfig } from '@aws-sdk/client-s3'
import type { AwsAccess } from '@bakthat/aws'
import type { Pause, RetrievalTier } from '@bakthat/storage'

import type { Provider } from './providers.js'

/** How the server encrypts what it stores, beside our own encryption. */
export type ServerSideEncryption = 'AES256' | 'aws:kms' | 'aws:kms:dsse'

/** Which bucket, how it is reached, and how things are stored in it. Only `bucket` is needed on a machine set up for AWS. */
export interface S3Options extends AwsAccess {
  readonly bucket: string
  /** What every key begins with, as it is: `backups/` makes a directory, `backups` does not. At most 124 bytes. */
  readonly prefix?: string
  /**
   * Default: what stands in the host name of `endpoint`, or what the provider calls its only region; on AWS that of the AWS
   * tools (`AWS_REGION`, `AWS_DEFAULT_REGION`, the shared configuration); else `us-east-1`. Where the server answers that the
   * bucket lies in another, this and all later requests go there.
   */
  readonly region?: string
  /** The address of a server that is not Amazon's: `https://minio.example.org:9000`. */
  readonly endpoint?: string
  /** Whether the bucket stands in the path of addresses. Default: yes with an `endpoint`, no on AWS. */
  readonly pathStyle?: boolean
  /** Whose server it is. Default: `aws` without an `endpoint`; with one, whose its host name is, if that is known. */
  readonly provider?: Provider
  /** Storage class of archives; blobs put as `metadata` are always stored in the server's standard class. */
  readonly storageClass?: string
  readonly sse?: ServerSideEncryption
  /** The KMS key of `sse: 'aws:kms'`, which it implies. Default: the account's own. */
  readonly sseKmsKeyId?: string
  /** Until when nobody can delete the stored version: so many days after its upload. The bucket must have object lock. */
  readonly objectLock?: { readonly mode: 'governance' | 'compliance'; readonly days: number }
  /** How cold objects are thawed, and for how many days, unless a call says otherwise. Default: `standard`, 7 days. */
  readonly restore?: { readonly tier?: RetrievalTier; readonly days?: number }
  /** Parts that an upload can have there. Default: what is known of the provider, else 10,000. */
  readonly maxParts?: number
  /** Bytes in a second that all uploads and downloads of one backend come to together, at most. Default: no limit. */
  readonly bandwidthLimit?: number
  /**
   * How often one request is tried at most. Default 10. Where hours of work hang on it, all of that is done again: up to three times for
   * a part of an upload, up to this number of times for a piece of a download.
   */
  readonly attempts?: number
  /**
   * Parts of more bytes are sent from the blocks that they were gathered in, not as one buffer: an engine's buffers end at
   * some size, and a copy costs memory. Such parts are signed without their content. Default 1 GiB.
   */
  readonly contiguousBytes?: number
  /** Default: the system's clock. */
  readonly now?: () => Date
  /** Waits before a download is resumed or a part sent again, and for `bandwidthLimit`. Default: the system's timer. */
  readonly pause?: Pause
  /** Settings of the SDK's client that win over those made here. */
  readonly client?: S3ClientConfig
}
