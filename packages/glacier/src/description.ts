import { deflateRawSync, inflateRawSync } from 'node:zlib'

import { BakthatError } from '@bakthat/errors'
import { blobNameLimits, checkBlobName, isBlobName } from '@bakthat/storage'

/** What the description of an archive says of it, so that a catalog can be made again from the vault's inventory. */
export interface ArchiveRecord {
  readonly name: string
  /** Bytes of the blob, where they were known before the upload began. 0: the archive is one byte that stands for none. */
  readonly size?: number
  /** SHA-256 of the blob in lower-case hexadecimal, where it was known before the upload began. */
  readonly sha256?: string
  readonly date?: Date
  readonly host?: string
  readonly tags?: readonly string[]
  /** Two archives with the same are copies that one upload left, the answer to which was lost. */
  readonly upload?: string
}

/** Characters that Glacier takes as a description, all of them from space to tilde. */
export const longestDescription = 1024

/**
 * The record as one line of JSON in printable ASCII. A name for which there is no room is compressed; of the other fields
 * those that do not fit are left out, from `tags` backwards to `size` (never a `size` of 0). Throws `INVALID_INPUT`
 * for a name that fits in neither form.
 *
 * @example
 * ```ts
 * import { encodeDescription } from '@bakthat/glacier'
 *
 * console.log(encodeDescription({ name: 'café.tgz', size: 3 })) // {"bakthat":1,"name":"caf\u00e9.tgz","size":3}
 * ```
 */
export function encodeDescription(record: ArchiveRecord): string {
  checkBlobName(record.name)
  const needed = record.size === 0 ? { size: 0 } : {}
  const name = [{ name: record.name }, { zname: compressed(record.name) }].find((form) => fits({ ...form, ...needed }))
  if (name === undefined) throw tooLong(record.name)
  let fields: Fields = { ...name, ...needed }
  for (const field of optionalFields(record)) {
    if (!fits({ ...fields, ...field })) break
    fields = { ...fields, ...field }
  }
  return written(fields)
}

/** The record in a description; `undefined` where somebody else wrote it. */
export function decodeDescription(description: string): ArchiveRecord | undefined {
  const fields = parsed(description)
  const name = fields === undefined ? undefined : nameIn(fields)
  if (fields === undefined || name === undefined) return undefined
  const { size, sha256, date, host, tags, upload } = fields
  return {
    name,
    ...(Number.isSafeInteger(size) && (size as number) >= 0 ? { size: size as number } : {}),
    ...(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}),
    ...(typeof date === 'string' && !Number.isNaN(Date.parse(date)) ? { date: new Date(date) } : {}),
    ...(typeof host === 'string' ? { host } : {}),
    ...(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? { tags } : {}),
    ...(typeof upload === 'string' ? { upload } : {}),
  }
}

type Fields = Readonly<Record<string, unknown>>

function optionalFields({ size, sha256, date, host, tags, upload }: ArchiveRecord): Fields[] {
  const fields = { size, sha256, date: date?.toISOString(), host, upload, tags: tags?.length === 0 ? undefined : tags }
  return Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [{ [key]: value }]))
}

function written(fields: Fields): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify({ bakthat: 1, ...fields }).replace(/[^ -~]/g, escape)
}

function fits(fields: Fields): boolean {
  return written(fields).length <= longestDescription
}

function parsed(description: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(description)
    return typeof value === 'object' && value !== null && 'bakthat' in value && value.bakthat === 1
      ? { ...value }
      : undefined
  } catch {
    return undefined
  }
}

function nameIn({ name, zname }: Fields): string | undefined {
  try {
    const found = typeof zname === 'string' ? expanded(zname) : name
    return typeof found === 'string' && isBlobName(found) ? found : undefined
  } catch {
    return undefined
  }
}

function compressed(name: string): string {
  return deflateRawSync(name, { level: 9 }).toString('base64url')
}

function expanded(zname: string): string {
  return inflateRawSync(Buffer.from(zname, 'base64url'), { maxOutputLength: blobNameLimits.name }).toString()
}

function tooLong(name: string): BakthatError {
  return new BakthatError('INVALID_INPUT', `the name ${JSON.stringify(name.slice(0, 80))}… is too long for a vault`, {
    hint: 'a name is kept in the description of its archive, 1,024 characters: choose a shorter one',
  })
}
