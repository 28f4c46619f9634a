import { BakthatError } from '@bakthat/errors'
import { checkBlobName, isBlobName, locatorOfName, nameOfLocator, type Locator } from '@bakthat/storage'

/** Where a blob lies in its bucket. */
export interface Place {
  readonly name: string
  readonly key: string
  /** Known of blobs in buckets that keep versions. */
  readonly versionId?: string
}

/** Never part of a name's own locator: a name holds no NUL, and its percent signs are escaped. */
const separator = '%00'

/** Keys are at most 1,024 bytes and blob names 900: what is left is the prefix's. */
const longestPrefix = 124

/** What messages call an object, or without a key its bucket: what does not print is escaped. */
export function addressOf(bucket: string, key?: string): string {
  if (key === undefined) return `s3://${bucket}`
  return `s3://${bucket}/${key.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, encodeURIComponent)}`
}

/** Throws `INVALID_CONFIG` for a prefix that keys cannot begin with. */
export function checkPrefix(prefix: string): void {
  const mistake = mistakeIn(prefix)
  if (mistake === undefined) return
  throw new BakthatError(
    'INVALID_CONFIG',
    `keys cannot begin with ${JSON.stringify(prefix.slice(0, 150))}: ${mistake}`,
    {
      hint: 'set s3_prefix to something like backups/',
    },
  )
}

function mistakeIn(prefix: string): string | undefined {
  if (Buffer.byteLength(prefix) > longestPrefix) return `a prefix is at most ${longestPrefix} bytes`
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(prefix)) return 'it holds characters that do not print'
  if (/(^|\/)(\.\.?)?\//u.test(prefix)) return 'it has an empty segment, or one of dots'
  return undefined
}

export function placeOfName(prefix: string, name: string): Place {
  checkBlobName(name)
  return { name, key: prefix + name }
}

export function locatorOf({ name, versionId }: Place): Locator {
  const locator = locatorOfName(name)
  return versionId === undefined ? locator : `${locator}${separator}${encodeURIComponent(versionId)}`
}

/** Throws `INVALID_INPUT` for what is no locator. */
export function placeOfLocator(prefix: string, locator: Locator): Place {
  const end = locator.indexOf(separator)
  if (end === -1) return placeOfName(prefix, nameOfLocator(locator))
  const name = nameOfLocator(locator.slice(0, end))
  const versionId = decoded(locator.slice(end + separator.length))
  if (!/^[\x21-\x7e]{1,1024}$/.test(versionId))
    throw new BakthatError('INVALID_INPUT', 'a locator has no version in it')
  return { ...placeOfName(prefix, name), versionId }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new BakthatError('INVALID_INPUT', 'a locator is not one of ours', { cause })
  }
}

/** The place of a key, unless no blob can lie there. Some servers list what was not asked for. */
export function blobKey(prefix: string, key: string | undefined): Place | undefined {
  if (key?.startsWith(prefix) !== true) return undefined
  const name = key.slice(prefix.length)
  return isBlobName(name) ? { name, key } : undefined
}

/** A key as it stands in a listing whose answer tells that encoding: some servers do not know the one that is asked for. */
export function listedKey(listed: string | undefined, encoding: string | undefined): string | undefined {
  return listed === undefined || encoding !== 'url' ? listed : decoded(listed.replaceAll('+', ' '))
}
