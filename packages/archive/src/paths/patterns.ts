import { decodeUtf8 } from './byte-string.js'

/**
 * Whether patterns mean a path: a byte string relative to what the patterns are anchored to, without a slash before or after it.
 * To be asked from the top down: what lies below a directory that is meant is meant too.
 */
export type Matcher = (path: string, isDirectory: boolean) => boolean

/** The same, asked which pattern it is by which a path is meant, as it was written; `undefined` where none is. */
export type PatternFinder = (path: string, isDirectory: boolean) => string | undefined

/** The library remembers every path it was asked about; so it is made anew now and then. */
const questionsPerMatcher = 20_000

/** gitignore's semantics (https://git-scm.com/docs/gitignore) for the patterns. Names that are not UTF-8 are matched byte by byte, as if they were latin1. */
export async function createMatcher(patterns: readonly string[]): Promise<Matcher> {
  const find = await createPatternFinder(patterns)
  return (path, isDirectory) => find(path, isDirectory) !== undefined
}

/** The patterns as of {@link createMatcher}. */
export async function createPatternFinder(patterns: readonly string[]): Promise<PatternFinder> {
  if (patterns.length === 0) return () => undefined
  const { default: ignore } = await import('ignore')
  const create = (): Pick<ReturnType<typeof ignore>, 'test'> =>
    ignore({ allowRelativePaths: true, ignorecase: false }).add(patterns)
  let matcher = create()
  let questions = 0
  return (path, isDirectory) => {
    if (++questions % questionsPerMatcher === 0) matcher = create()
    return matcher.test((decodeUtf8(path) ?? path) + (isDirectory ? '/' : '')).rule?.pattern
  }
}
