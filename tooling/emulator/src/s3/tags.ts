import { S3Failure } from './failure.js'
import type { Tag } from './store/version.js'

/** Reads tags as a header has them: as the query of an address. */
export function parseTags(text: string): readonly Tag[] {
  return checkTags([...new URLSearchParams(text)].map(([key, value]) => ({ key, value })))
}

/** Ten at most, with keys of 128 and values of 256 characters, and none twice. */
export function checkTags(tags: readonly Tag[]): readonly Tag[] {
  const invalid = (why: string): S3Failure => new S3Failure('InvalidTag', why)
  if (tags.length > 10) throw invalid('Object tags cannot be greater than 10')
  if (tags.some(({ key }) => key.length === 0 || key.length > 128))
    throw invalid('The TagKey you have provided is invalid')
  if (tags.some(({ value }) => value.length > 256)) throw invalid('The TagValue you have provided is invalid')
  if (new Set(tags.map(({ key }) => key)).size < tags.length)
    throw invalid('Cannot provide multiple Tags with the same key')
  return tags
}
