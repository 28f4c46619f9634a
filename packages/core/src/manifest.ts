import type { Completion, Json, NewBackup } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { collect, type BlobInfo, type CallOptions, type StorageBackend } from '@bakthat/storage'
import { isRecord } from './is-record.js'
import { secondsOf } from './seconds.js'
import { isNameOfBackup } from './stored-name.js'

/** The format of manifests that this version writes; it reads this one. */
const formatVersion = 1

/** Bytes. No manifest is larger, and no more is read of what lies where one should. */
const largestManifest = 1 << 20

/** Of the year 9999. */
const lastSecond = 253_402_300_799

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
    backup_date: secondsOf(record.backupDate),
    size: record.size,
    sha256: record.sha256,
    tags: record.tags,
    host: record.host,
    metadata: record.metadata,
  }
  return Buffer.from(JSON.stringify(manifest, undefined, 2) + '\n')
}

/**
 * Refuses with `INVALID_INPUT`, before anything is stored, what would not leave a manifest room for the rest. Half of it is
 * far more than that needs.
 */
export function refuseLargeManifest(...parts: readonly Json[]): void {
  if (Buffer.byteLength(JSON.stringify(parts)) <= largestManifest / 2) return
  throw new BakthatError('INVALID_INPUT', 'the tags and recipients of this backup are too many for its manifest', {
    hint: `all of them together may have ${largestManifest / 2} bytes`,
  })
}

/**
 * What a stored manifest tells, or `cold` where the store would have to bring it back first. Throws `INTEGRITY` for what is no
 * manifest, and `UNSUPPORTED` for one of a later format.
 */
export async function readManifest(
  backend: StorageBackend,
  { name, locator }: Pick<BlobInfo, 'name' | 'locator'>,
  { signal }: CallOptions = {},
): Promise<ManifestRecord | 'cold'> {
  const answer = await backend.retrieve(locator, signal && { signal })
  if (answer.state === 'pending') return 'cold'
  const bytes = await collect(answer.value, largestManifest).catch((error: unknown) => {
    throw isBakthatError(error, 'INTEGRITY') ? damaged(name, error) : error
  })
  return decodeManifest(bytes, name)
}

function decodeManifest(bytes: Uint8Array, source: string): ManifestRecord {
  const manifest = parseJson(bytes, source)
  if (typeof manifest['format_version'] === 'number' && manifest['format_version'] > formatVersion)
    throw new BakthatError('UNSUPPORTED', `the manifest ${source} was written by a newer version`, {
      hint: 'update bakthat',
    })
  const { filename, stored_filename, backup_date, size, sha256, tags, host, metadata } = manifest
  if (
    typeof filename !== 'string' ||
    !isNameOfBackup(filename) ||
    typeof stored_filename !== 'string' ||
    !isCount(backup_date) ||
    backup_date > lastSecond ||
    !isCount(size) ||
    typeof sha256 !== 'string' ||
    !/^[0-9a-f]{64}$/.test(sha256) ||
    typeof host !== 'string' ||
    !isRecord(metadata) ||
    !Array.isArray(tags) ||
    !tags.every((tag) => typeof tag === 'string' && /^\S+$/u.test(tag))
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

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function damaged(source: string, cause?: unknown): BakthatError {
  return new BakthatError('INTEGRITY', `the manifest ${source} is damaged`, { cause })
}
