import { decodeUtf8 } from '../paths/byte-string.js'

/** Whether a path (a byte string relative to the packed path, with a leading slash) is excluded. Parents were asked before. */
export type Exclusion = (path: string, isDirectory: boolean) => boolean

/** The library remembers every path it was asked about; so it is made anew now and then. */
const questionsPerMatcher = 20_000

/** gitignore's semantics for the patterns. Names that are not UTF-8 are matched byte by byte, as if they were latin1. */
export async function createExclusion(patterns: readonly string[]): Promise<Exclusion> {
  if (patterns.length === 0) return () => false
  const { default: ignore } = await import('ignore')
  const create = (): { ignores(path: string): boolean } =>
    ignore({ allowRelativePaths: true, ignorecase: false }).add(patterns)
  let matcher = create()
  let questions = 0
  return (path, isDirectory) => {
    if (++questions % questionsPerMatcher === 0) matcher = create()
    const relative = path.slice(1)
    return matcher.ignores((decodeUtf8(relative) ?? relative) + (isDirectory ? '/' : ''))
  }
}
