import { setImmediate } from 'node:timers/promises'
import { Choice, escapePath, inspect, type ArchiveEntry, type IndexedEntry } from '@bakthat/archive'
import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import { throwIfAborted } from '@bakthat/storage'
import { readIndexOf } from './backup-index.js'
import type { DestinationContext } from './context.js'
import type { BackupEntry, EntriesOptions } from './contract.js'
import { fetchReadable } from './fetch.js'
import { opened } from './opened.js'
import { resolveTree } from './resolve.js'
import { progressOf } from './stored-progress.js'

/** Entries that are given before a signal is looked for. */
const entriesAtOnce = 1000

/**
 * What the backup of that stored name holds, or the newest complete one of that exact name, in the order of its archive. From its
 * index where it has one, which costs a request and memory for a few entries; else the whole archive is read, and all its
 * entries are held until that is done. One that is cold and has no index is `COLD`: nothing is asked for.
 *
 * With `only`, no others than those that are named, and those below them; `NOT_FOUND` at the end where a name stands for none.
 * `INVALID_INPUT` for a stream or a value, which is one file. `INTEGRITY` may show at the end.
 */
export async function* entries(
  context: DestinationContext,
  name: string,
  options: EntriesOptions = {},
): AsyncGenerator<BackupEntry> {
  const backup = resolveTree(context, name, options)
  const choice = options.only && new Choice(options.only)
  for await (const found of entriesInPieces(context, backup, options)) {
    for (const entry of found) if (choice === undefined || choice.includes(entry.path)) yield forPeople(entry)
  }
  choice?.throwIfMissing()
}

/** The same of one backup as the archive has them, some at a time. Where all are held anyhow, they are first arranged. */
export async function* entriesInPieces(
  context: DestinationContext,
  backup: BackupRow,
  options: EntriesOptions,
  arrange: (entries: readonly ArchiveEntry[]) => readonly ArchiveEntry[] = (entries) => entries,
): AsyncGenerator<readonly IndexedEntry[]> {
  const onRead = progressOf('searching', backup, options)
  const index = await readIndexOf(context, backup, options)
  if (index !== undefined) {
    for await (const frame of index) {
      onRead?.(frame.start + frame.stored)
      yield frame.entries
    }
    return
  }
  const found = arrange(await entriesOfArchive(context, backup, options, onRead))
  for (let at = 0; at < found.length; at += entriesAtOnce) {
    yield found.slice(at, at + entriesAtOnce)
    // There may be millions: meanwhile nobody would hear of a signal.
    await setImmediate()
    throwIfAborted(options.signal)
  }
}

async function entriesOfArchive(
  context: DestinationContext,
  backup: BackupRow,
  { keys = {}, ...options }: EntriesOptions,
  onRead: ((bytes: number) => void) | undefined,
): Promise<readonly ArchiveEntry[]> {
  const bytes = await fetchReadable(context, backup, options, onRead)
  if (bytes === undefined)
    throw new BakthatError('COLD', `${backup.storedFilename} is cold, and has no index that could be read instead`, {
      hint: `bring it back first: bakthat restore ${backup.storedFilename}`,
    })
  const found: ArchiveEntry[] = []
  await inspect(opened(bytes, backup.storedFilename, keys, backup), {
    ...(options.signal && { signal: options.signal }),
    onEntry: (entry) => void found.push(entry),
  })
  return found
}

/** An entry of an archive, as it is told to whoever asked. */
export function forPeople({ type, path, linkTarget, size, mode, mtimeNs }: IndexedEntry): BackupEntry {
  return {
    type,
    path: escapePath(path),
    ...(linkTarget !== undefined && { linkTarget: escapePath(linkTarget) }),
    size,
    mode,
    mtimeNs,
  }
}
