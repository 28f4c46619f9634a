import type { ChecksumAlgorithm, ChecksumType } from '../checksums/algorithms.js'
import type { Content } from './contents.js'

/** A checksum as it is answered. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly type: ChecksumType
  /** In base64; of a composite one with `-` and the number of parts. */
  readonly value: string
}

export type RetentionMode = 'GOVERNANCE' | 'COMPLIANCE'

export interface Retention {
  readonly mode: RetentionMode
  readonly until: Date
}

/** What is said of an object when it is stored, and stays with it. */
export interface ObjectSettings {
  readonly storageClass: string
  /** Headers that are answered as they came: `content-type`, `cache-control`, `x-amz-meta-…`, encryption. */
  readonly headers: Readonly<Record<string, string>>
  readonly retention: Retention | undefined
  readonly legalHold: boolean
}

/** A thaw: on its way until one moment, there until another. */
export interface Restore {
  readonly tier: string
  readonly days: number | undefined
  readonly readyAt: Date
  /** Absent where it stays, as in Intelligent-Tiering. */
  readonly expiresAt: Date | undefined
}

export interface StoredPart {
  readonly number: number
  readonly size: number
  readonly checksum: string | undefined
}

export type ArchiveStatus = 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS'

/** One version of an object. */
export interface ObjectVersion {
  readonly isMarker: false
  readonly key: string
  /** `null` for what was stored without versions. */
  readonly versionId: string
  readonly lastModified: Date
  /** With its quotes. */
  readonly etag: string
  content: Content
  readonly storageClass: string
  readonly headers: Readonly<Record<string, string>>
  readonly checksum: Checksum | undefined
  /** Of a multipart object. */
  readonly parts: readonly StoredPart[] | undefined
  retention: Retention | undefined
  legalHold: boolean
  restore: Restore | undefined
  archiveStatus: ArchiveStatus | undefined
}

/** What stands where an object of a versioned bucket was deleted. */
export interface DeleteMarker {
  readonly isMarker: true
  readonly key: string
  readonly versionId: string
  readonly lastModified: Date
}

export type Version = ObjectVersion | DeleteMarker
