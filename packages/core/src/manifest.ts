import type { Completion, Json, NewBackup } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'

/** The format of manifests that this version writes; it reads this one. */
const formatVersion = 1

/** What is read of a manifest before it is taken for something else. */
export const largestManifest = 1 << 20

/** What a manifest tells: all that a catalog's row holds, but for the container it was found in. */
export type ManifestRecord = Omit<NewBackup & Completion, 'backend' | 'container' | 'locator' | 'pid'>

/**
 * The commit record of a backup, stored last beside its archive: a backup without one was never finished. UTF-8 JSON,
 * described in docs/formats.md.
 */
export function encodeManifest(record: ManifestRecord): Uint8Array {
  const manifest = {
    format_version: formatVersion,
    filename: record.filename,
    stored_filename: record.storedFilename,
    backup_date: seconds(record.backupDate),
    size: record.size,
    sha256: record.sha256,
    tags: record.tags,
    host: record.host,
    metadata: record.metadata,
  }
  return Buffer.from(JSON.stringify(manifest, undefined, 2) + '\n')
}

/** Throws `INTEGRITY` for what is no manifest, and `UNSUPPORTED` for one of a later format. */
export function decodeManifest(bytes: Uint8Array, source: string): ManifestRecord {
  const manifest = parseJson(bytes, source)
  if (typeof manifest['format_version'] === 'number' && manifest['format_version'] > formatVersion)
    throw new BakthatError('UNSUPPORTED', `the manifest ${source} was written by a newer version`, {
      hint: 'update bakthat',
    })
  const { filename, stored_filename, backup_date, size, sha256, tags, host, metadata } = manifest
  if (
    typeof filename !== 'string' ||
    typeof stored_filename !== 'string' ||
    typeof backup_date !== 'number' ||
    typeof size !== 'number' ||
    typeof sha256 !== 'string' ||
    typeof host !== 'string' ||
    !isRecord(metadata) ||
    !Array.isArray(tags) ||
    !tags.every((tag) => typeof tag === 'string')
  )
    throw damaged(source)
  return {
    filename,
    storedFilename: stored_filename,
    backupDate: new Date(backup_date * 1000),
    size,
    sha256,
    tags,
    host,
    metadata: metadata as Record<string, Json>,
  }
}

function parseJson(bytes: Uint8Array, source: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw damaged(source, cause)
  }
  if (!isRecord(value)) throw damaged(source)
  return value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function damaged(source: string, cause?: unknown): BakthatError {
  return new BakthatError('INTEGRITY', `the manifest ${source} is damaged`, { cause })
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
