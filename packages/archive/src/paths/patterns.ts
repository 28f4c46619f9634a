import { decodeUtf8 } from './byte-string.js'

/**
 * Whether patterns mean a path: a byte string relative to what the patterns are anchored to, without a slash before or after it.
 * To be asked from the top down: what lies below a directory that is meant is meant too.
 */
export type Matcher = (path: string, isDirectory: boolean) => boolean

/** The library remembers every path it was asked about; so it is made anew now and then. */
const questionsPerMatcher = 20_000

/** gitignore's semantics (https://git-scm.com/docs/gitignore) for the patterns. Names that are not UTF-8 are matched byte by byte, as if they were latin1. */
export async function createMatcher(patterns: readonly string[]): Promise<Matcher> {
  if (patterns.length === 0) return () => false
  const { default: ignore } = await import('ignore')
  const create = (): { ignores(path: string): boolean } =>
    ignore({ allowRelativePaths: true, ignorecase: false }).add(patterns)
  let matcher = create()
  let questions = 0
  return (path, isDirectory) => {
    if (++questions % questionsPerMatcher === 0) matcher = create()
    return matcher.ignores((decodeUtf8(path) ?? path) + (isDirectory ? '/' : ''))
  }
}
