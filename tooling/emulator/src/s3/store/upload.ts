import type { ChecksumAlgorithm, ChecksumType } from '../checksums/algorithms.js'
import type { Content } from './contents.js'
import type { ObjectSettings } from './version.js'

/** A part that came. */
export interface Part {
  readonly number: number
  /** With its quotes. */
  readonly etag: string
  readonly content: Content
  readonly lastModified: Date
  /** In base64, of the upload's algorithm. */
  readonly checksum: string | undefined
}

/** A multipart upload on its way. */
export interface Upload {
  readonly id: string
  readonly key: string
  readonly initiated: Date
  readonly settings: ObjectSettings
  readonly checksum:
    { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType; readonly isDefault: boolean } | undefined
  readonly parts: Map<number, Part>
}
