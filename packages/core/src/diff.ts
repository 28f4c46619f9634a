import type { IndexedEntry } from '@bakthat/archive'
import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import { isTree } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { Difference, DiffOptions, DiffResult, EntriesOptions } from './contract.js'
import { entriesInPieces, forPeople } from './entries.js'
import { resolveTree } from './resolve.js'

/**
 * How the backup of that stored name, or the newest complete one of that exact name, differs from the one before it of its name, or from
 * that of `since`: in the order of paths, read while it is asked for. Told by the indexes, at a request for each and memory for a few entries
 * of both; of a backup without one the whole archive is read and all its entries are held, and one that is cold is `COLD`.
 *
 * Contents are not compared. A file counts as changed by its type, mode, size and time, as for rsync; anything else by its type,
 * mode and target, for the time of a directory tells no more than what is told of the files in it.
 *
 * `NOT_FOUND` if there is no such backup, or none before it; `INVALID_INPUT` for a stream or a value, which is one file.
 * `INTEGRITY` may show at the end.
 */
export function diff(
  context: DestinationContext,
  name: string,
  { since, onProgress, ...options }: DiffOptions = {},
): DiffResult {
  const after = resolveTree(context, name, options)
  const before = since === undefined ? backupBefore(context, after) : resolveTree(context, since, options)
  const bytesTotal = before.size + after.size
  const known = [0, 0]
  const read = (backup: BackupRow, at: number): AsyncGenerator<Placed> =>
    inOrder(context, backup, {
      ...options,
      onProgress: (progress) => {
        known[at] = progress.bytes
        onProgress?.({ ...progress, bytes: known[0]! + known[1]!, bytesTotal })
      },
    })
  return { before, after, differences: differencesOf(read(before, 0), read(after, 1)) }
}

function backupBefore({ catalog, backend }: DestinationContext, { id, filename }: BackupRow): BackupRow {
  const trees = catalog.find({ ...placeOf(backend), filename }).filter(isTree)
  const found = trees[trees.findIndex((backup) => backup.id === id) - 1]
  if (found !== undefined) return found
  throw new BakthatError('NOT_FOUND', `there is no backup of ${filename} before that one`, {
    hint: 'name the one to compare it with: --since NAME',
  })
}

/** An entry, and what tells its place among the others. */
interface Placed {
  readonly place: string
  readonly entry: IndexedEntry
}

async function* inOrder(
  context: DestinationContext,
  backup: BackupRow,
  options: EntriesOptions,
): AsyncGenerator<Placed> {
  let last: string | undefined
  for await (const entries of entriesInPieces(context, backup, options, sorted))
    for (const entry of entries) {
      const place = placeOfPath(entry)
      if (last !== undefined && place <= last)
        throw new BakthatError('INTEGRITY', `the index of ${backup.storedFilename} is not in order`, {
          hint: 'list what the backup holds with: bakthat contents',
        })
      last = place
      yield { place, entry }
    }
}

/** Compared as text, these come as a walk meets them: a directory, what is below it, and only then what begins with its name. */
function placeOfPath({ path }: IndexedEntry): string {
  return path.replaceAll('/', '\0')
}

/** As a walk would have met them. Of several entries of one path a restore leaves the last. */
function sorted<Entry extends IndexedEntry>(entries: readonly Entry[]): readonly Entry[] {
  const byPlace = new Map(entries.map((entry) => [placeOfPath(entry), entry]))
  return [...byPlace].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry)
}

async function* differencesOf(
  before: AsyncGenerator<Placed>,
  after: AsyncGenerator<Placed>,
): AsyncGenerator<Difference> {
  try {
    for await (const [former, latter] of paired(before, after)) {
      const difference = differenceOf(former, latter)
      if (difference !== undefined) yield difference
    }
  } finally {
    await Promise.all([before.return(undefined), after.return(undefined)])
  }
}

type Pair = readonly [IndexedEntry | undefined, IndexedEntry | undefined]

/** What two ordered lists have of each path. */
async function* paired(before: AsyncGenerator<Placed>, after: AsyncGenerator<Placed>): AsyncGenerator<Pair> {
  let [former, latter] = await Promise.all([nextOf(before), nextOf(after)])
  while (former !== undefined || latter !== undefined) {
    const isBefore = latter === undefined || (former !== undefined && former.place <= latter.place)
    const isAfter = former === undefined || (latter !== undefined && latter.place <= former.place)
    yield [isBefore ? former?.entry : undefined, isAfter ? latter?.entry : undefined]
    if (isBefore) former = await nextOf(before)
    if (isAfter) latter = await nextOf(after)
  }
}

async function nextOf(entries: AsyncGenerator<Placed>): Promise<Placed | undefined> {
  const next = await entries.next()
  return next.done === true ? undefined : next.value
}

function differenceOf(before: IndexedEntry | undefined, after: IndexedEntry | undefined): Difference | undefined {
  if (before === undefined) return after && { change: 'added', after: forPeople(after) }
  if (after === undefined) return { change: 'removed', before: forPeople(before) }
  if (isAlike(before, after)) return undefined
  return { change: 'changed', before: forPeople(before), after: forPeople(after) }
}

function isAlike(before: IndexedEntry, after: IndexedEntry): boolean {
  const { type, mode, linkTarget } = before
  if (type !== after.type || mode !== after.mode || linkTarget !== after.linkTarget) return false
  const hasContents = type === 'file' || type === 'hardlink'
  return !hasContents || (before.size === after.size && before.mtimeNs === after.mtimeNs)
}
