import { decodeUtf8 } from './byte-string.js'
import { Candidates } from './pattern-candidates.js'

/**
 * Whether patterns mean a path: a byte string relative to what the patterns are anchored to, without a slash before or after it.
 * To be asked from the top down: what lies below a directory that is meant is meant too.
 */
export type Matcher = (path: string, isDirectory: boolean) => boolean

/** The same, asked which pattern it is by which a path is meant, as it was written; `undefined` where none is. */
export type PatternFinder = (path: string, isDirectory: boolean) => string | undefined

/** The library remembers every path it was asked about; so it is made anew now and then. */
const questionsPerMatcher = 20_000

/** Of very many patterns there is a matcher for each that is met. */
const matchersAtOnce = 100

/** gitignore's semantics (https://git-scm.com/docs/gitignore) for the patterns. Names that are not UTF-8 are matched byte by byte, as if they were latin1. */
export async function createMatcher(patterns: readonly string[]): Promise<Matcher> {
  const find = await createPatternFinder(patterns)
  return (path, isDirectory) => find(path, isDirectory) !== undefined
}

/** The patterns as of {@link createMatcher}. */
export async function createPatternFinder(patterns: readonly string[]): Promise<PatternFinder> {
  if (patterns.length === 0) return () => undefined
  const { default: ignore } = await import('ignore')
  const candidates = new Candidates(patterns)
  const matchers = new Map<string, Pick<ReturnType<typeof ignore>, 'test'>>()
  let questions = 0
  return (path, isDirectory) => {
    if (++questions % questionsPerMatcher === 0 || matchers.size > matchersAtOnce) matchers.clear()
    const text = decodeUtf8(path) ?? path
    const marks = candidates.marksIn(text)
    const key = marks.join('\0')
    let matcher = matchers.get(key)
    if (matcher === undefined) {
      matcher = ignore({ allowRelativePaths: true, ignorecase: false }).add(candidates.having(marks))
      matchers.set(key, matcher)
    }
    return matcher.test(text + (isDirectory ? '/' : '')).rule?.pattern
  }
}
