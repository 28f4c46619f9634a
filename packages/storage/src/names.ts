import { BakthatError } from '@bakthat/errors'

import type { Locator } from './backend.js'

/** The longest blob name and the longest of its segments, in bytes of UTF-8. A segment is a file name on most systems. */
export const blobNameLimits = { name: 900, segment: 255 } as const

/**
 * Throws `INVALID_INPUT` for what the contract does not allow as a blob's name: see {@link StorageBackend}. `what` is what people
 * take it for.
 */
export function checkBlobName(name: string, what = 'blob'): void {
  const mistake = mistakeIn(name)
  if (mistake === undefined) return
  throw new BakthatError('INVALID_INPUT', `a ${what} cannot be named ${JSON.stringify(name.slice(0, 80))}: ${mistake}`)
}

/** Whether the contract allows it as a blob's name: what other programs stored may be named otherwise. */
export function isBlobName(name: string): boolean {
  return mistakeIn(name) === undefined
}

function mistakeIn(name: string): string | undefined {
  if (/\p{Surrogate}/u.test(name)) return 'it is not well-formed Unicode'
  if (Buffer.byteLength(name) > blobNameLimits.name) return `it is longer than ${blobNameLimits.name} bytes`
  if (name.includes('\0')) return 'it holds a NUL character'
  for (const segment of name.split('/')) {
    if (segment === '') return 'it has an empty segment'
    if (segment === '.' || segment === '..') return `it has the segment "${segment}"`
    if (Buffer.byteLength(segment) > blobNameLimits.segment) {
      return `it has a segment longer than ${blobNameLimits.segment} bytes`
    }
  }
  return undefined
}

/** Less than, equal to or greater than zero: the order in which blobs are listed, that of the names' bytes. */
export function compareNames(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}

/**
 * A printable locator for stores whose blobs are found by name alone: the name, with `%` and what does not print as
 * percent-encoded UTF-8. Throws `INVALID_INPUT` as {@link checkBlobName} does.
 */
export function locatorOfName(name: string): Locator {
  checkBlobName(name)
  return name.replace(/[%\p{C}\p{Zl}\p{Zp}]/gu, encodeURIComponent)
}

/** The name that {@link locatorOfName} made a locator of. Throws `INVALID_INPUT` for what leads to no name. */
export function nameOfLocator(locator: Locator): string {
  const name = decoded(locator)
  checkBlobName(name)
  return name
}

/** The `id` of the blob that a locator of a store without names leads to. */
export function idOfLocator(locator: Locator): string {
  return locator.split('/', 1)[0]!
}

function decoded(locator: Locator): string {
  try {
    return decodeURIComponent(locator)
  } catch (cause) {
    throw new BakthatError('INVALID_INPUT', `not a locator: ${JSON.stringify(locator.slice(0, 80))}`, { cause })
  }
}
