import { createMatcher, type IndexedEntry, type Matcher } from '@bakthat/archive'
import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, givenList, isBakthatError } from '@bakthat/errors'
import { readIndexOf } from './backup-index.js'
import { isTree } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { BackupEntry, FindOptions, FindResult, FoundEntry, Unsearched } from './contract.js'
import { forPeople } from './entries.js'
import { inParallel } from './in-parallel.js'
import { problemOf } from './problem.js'
import { resolveTree } from './resolve.js'

/** What one backup has, or why nobody knows. */
type Search = Unsearched | { readonly backup: BackupRow; readonly entries: readonly BackupEntry[] }

/**
 * Which backups of the destination hold what the patterns mean, each as one of a `.gitignore` over the paths that {@link entries}
 * gives. Of a directory that one means only itself is told, and not all that lies below. From the indexes alone: a request for each backup,
 * some at a time, and memory for what is found. Streams and values of keys hold no entries and are passed over; a backup without an
 * index, or whose index does not open with the keys, is `unsearched`. With `name`, only backups of exactly that name, or the one of
 * that stored name; `NOT_FOUND` if there is none. `INVALID_INPUT` for no patterns, for those that can find nothing, and for the name
 * of a stream or a value.
 */
export async function find(
  context: DestinationContext,
  patterns: readonly string[],
  options: FindOptions = {},
): Promise<FindResult> {
  if (givenList('patterns', patterns).length === 0)
    throw new BakthatError('INVALID_INPUT', 'nothing to find was given', { hint: 'give a name, a path or a pattern' })
  refuseIdle(patterns)
  const matchers = await Promise.all(patterns.map((pattern) => createMatcher([pattern])))
  const backups = searchable(context, options.name)
  const onSearched = searchedTeller(backups, options)
  const searches = await inParallel(backups, options.signal, async (backup) => {
    const search = await searchOne(context, backup, matchers, options)
    onSearched(backup)
    return search
  })
  return { searched: searches.length, found: entriesOf(searches), unsearched: searches.filter(isUnsearched) }
}

/** What means nothing in a `.gitignore` is meant as a name, by somebody who would believe that there is no such thing. */
function refuseIdle(patterns: readonly string[]): void {
  const idle = patterns.find((pattern) => /^[#!]|^\s*$/.test(pattern))
  if (idle === undefined) return
  throw new BakthatError('INVALID_INPUT', `the pattern ${JSON.stringify(idle)} can find nothing`, {
    hint: 'as in a .gitignore, # begins a comment and ! an exception: put a backslash before it where a name begins so',
  })
}

function searchable(context: DestinationContext, name: string | undefined): readonly BackupRow[] {
  const here = placeOf(context.backend)
  const trees = context.catalog.find(name === undefined ? here : { ...here, filename: name }).filter(isTree)
  return name === undefined || trees.length > 0 ? trees : [resolveTree(context, name)]
}

async function searchOne(
  context: DestinationContext,
  backup: BackupRow,
  matchers: readonly Matcher[],
  options: FindOptions,
): Promise<Search> {
  try {
    const index = await readIndexOf(context, backup, options)
    if (index === undefined) return { backup, problem: { code: 'NOT_FOUND', message: 'it has no index' } }
    const entries: BackupEntry[] = []
    const tests = matchers.map(topmost)
    for await (const frame of index)
      for (const entry of frame.entries) if (passesAny(entry, tests)) entries.push(forPeople(entry))
    return { backup, entries }
  } catch (error) {
    if (isBakthatError(error, 'WRONG_KEY', 'INTEGRITY', 'UNSAFE_ARCHIVE', 'UNSUPPORTED'))
      return { backup, problem: problemOf(error) }
    throw error
  }
}

/** All of them are asked, for each remembers what it met. */
function passesAny(entry: IndexedEntry, tests: readonly ((entry: IndexedEntry) => boolean)[]): boolean {
  let isFound = false
  for (const test of tests) if (test(entry)) isFound = true
  return isFound
}

/** Entries come from the top down, those below a directory right after it. */
function topmost(matches: Matcher): (entry: IndexedEntry) => boolean {
  let above: string | undefined
  return ({ path, type }) => {
    if (above !== undefined && path.startsWith(above)) return false
    const isDirectory = type === 'directory'
    if (!matches(path, isDirectory)) return false
    above = isDirectory ? `${path}/` : undefined
    return true
  }
}

/** One for each state in which a thing was backed up: by path, and of one path the oldest first. */
function entriesOf(searches: readonly Search[]): readonly FoundEntry[] {
  const states = new Map<string, BackupEntry & { readonly backups: BackupRow[] }>()
  for (const search of searches) {
    if (isUnsearched(search)) continue
    for (const entry of search.entries) {
      const state = stateOf(entry)
      const known = states.get(state)
      if (known === undefined) states.set(state, { ...entry, backups: [search.backup] })
      else known.backups.push(search.backup)
    }
  }
  return [...states.values()].sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))
}

function stateOf({ path, type, size, mode, mtimeNs, linkTarget = '' }: BackupEntry): string {
  return [path, type, size, mode, mtimeNs, linkTarget].join('\0')
}

function isUnsearched(search: Search): search is Unsearched {
  return 'problem' in search
}

function searchedTeller(backups: readonly BackupRow[], { onProgress }: FindOptions): (backup: BackupRow) => void {
  const bytesTotal = backups.reduce((sum, { size }) => sum + size, 0)
  let bytes = 0
  return ({ storedFilename, size }) => {
    bytes += size
    onProgress?.({ phase: 'searching', current: storedFilename, files: 0, bytes, bytesTotal })
  }
}
