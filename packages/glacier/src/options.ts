import type { GlacierClientConfig } from '@aws-sdk/client-glacier'
import type { AwsAccess } from '@bakthat/aws'
import type { Pause, RetrievalTier } from '@bakthat/storage'

/** Which vault, and how it is reached. Only `vault` is needed on a machine set up for AWS. */
export interface GlacierOptions extends AwsAccess {
  readonly vault: string
  /** Default: `us-east-1`. */
  readonly region?: string
  /** The address of a server that is not Amazon's, for tests and private endpoints. */
  readonly endpoint?: string
  /** How fast archives are brought back unless a call says otherwise. Default `standard`. */
  readonly tier?: RetrievalTier
  /** Bytes of every part of an upload: 1 MiB times a power of two. Default: chosen by `partSize` for every upload. */
  readonly partSize?: number
  /**
   * Parts of more bytes are sent from the blocks that they were gathered in, not as one buffer: an engine's buffers end at
   * some size, and a copy costs memory. Default 1 GiB.
   */
  readonly contiguousBytes?: number
  /** Default: the system's clock. */
  readonly now?: () => Date
  /** Waits before a download is resumed, or a large part sent again. Default: the system's timer. */
  readonly pause?: Pause
  /** Settings of the SDK's client that win over those made here. */
  readonly client?: GlacierClientConfig
}
