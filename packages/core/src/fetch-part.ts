import { chooseFrames } from '@bakthat/archive'
import { unlockParts, type Parts } from '@bakthat/crypto'
import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Availability, ByteRange, Bytes } from '@bakthat/storage'
import { readIndexOf } from './backup-index.js'
import type { DestinationContext } from './context.js'
import type { ReadOptions } from './contract.js'
import { unlessGone } from './fetch.js'
import { locatorOf } from './locate.js'
import { partsOfName } from './stored-name.js'
import { damagedInStore } from './streams.js'

type FetchOptions = Omit<ReadOptions, 'only'>

/** Some entries of an archive, which are one themselves. */
export interface ArchivePart {
  /** Decrypted, but not decompressed. */
  readonly bytes: Bytes
  /** Bytes of tar in it. */
  readonly tarSize: number
  /** Bytes of the contents that were chosen. */
  readonly contentSize: number
}

/**
 * What has to be fetched of a backup to restore some of its entries, found by its index. `undefined` where all of it has to be:
 * without a whole index, in a store that has no ranges, and of what was asked for out of cold storage, or has to be.
 *
 * SHA-256 is that of the whole, and not compared. Each chunk of an age file, frame of zstd and member of gzip is checked by itself;
 * an archive that is none of them is wanted as a whole, too.
 */
export async function fetchPart(
  context: DestinationContext,
  backup: BackupRow,
  only: readonly string[],
  options: FetchOptions,
): Promise<ArchivePart | undefined> {
  const { catalog, backend } = context
  const asked = catalog.retrievals.of(backup.id)
  if (!backend.capabilities.ranges || (asked !== undefined && asked.fetchedAt === undefined)) return undefined
  const index = await readIndexOf(context, backup, options)
  if (index === undefined) return undefined
  try {
    const { ranges, archiveSize, ...sizes } = await chooseFrames(index, only)
    // Only now: what the index does not tell of is not to be asked for out of cold storage.
    if (!isCheckedInParts(backup) || !(await isReadableInParts(context, backup, options))) return undefined
    const archive = await archiveOf(context, backup, options)
    return archive?.size === archiveSize ? { bytes: joined(archive, ranges), ...sizes } : undefined
  } catch (error) {
    // Of the index alone: the archive, read as a whole, tells whether it is damaged itself.
    if (isBakthatError(error, 'INTEGRITY', 'UNSUPPORTED')) return undefined
    throw error
  }
}

function isCheckedInParts({ storedFilename }: BackupRow): boolean {
  return storedFilename.endsWith('.age') || partsOfName(storedFilename)?.compression !== 'none'
}

/** A ticket, where one was kept, is for the whole. Whatever else is wrong, reading the whole tells it with better words. */
async function isReadableInParts(
  context: DestinationContext,
  backup: BackupRow,
  options: FetchOptions,
): Promise<boolean> {
  try {
    const { state } = await askForRange(context, backup, { start: 0, end: 1 }, options)
    return state === 'ready'
  } catch (error) {
    if (isBakthatError(error, 'COLD', 'NOT_FOUND', 'INTEGRITY')) return false
    throw error
  }
}

/** Any part of the archive, decrypted; `undefined` for what is not encrypted as its name says: the whole is refused with better words. */
async function archiveOf(
  context: DestinationContext,
  backup: BackupRow,
  options: FetchOptions,
): Promise<Parts | undefined> {
  const stored: Parts = {
    size: backup.size,
    read: (start, end) => unlessGone(readRange(context, backup, { start, end }, options), backup),
  }
  if (!backup.storedFilename.endsWith('.age')) return stored
  return unlockParts(stored, options.keys ?? {}).catch((error: unknown) => {
    if (isBakthatError(error, 'INVALID_INPUT')) return undefined
    throw error
  })
}

async function askForRange(
  context: DestinationContext,
  backup: BackupRow,
  range: ByteRange,
  { signal }: FetchOptions,
): Promise<Availability<Bytes>> {
  const asked = { range, begin: false, ...(signal && { signal }) }
  return context.backend.retrieve(locatorOf(context, backup), asked).catch((error: unknown) => {
    if (!isBakthatError(error, 'INVALID_INPUT')) throw error
    throw damagedInStore(backup.storedFilename, `it has fewer bytes than the ${backup.size} that were stored`, error)
  })
}

async function* readRange(
  context: DestinationContext,
  backup: BackupRow,
  range: ByteRange,
  options: FetchOptions,
): Bytes {
  const answer = await askForRange(context, backup, range, options)
  if (answer.state === 'ready') yield* answer.value
  else
    throw new BakthatError('COLD', `${backup.storedFilename} has become cold`, { hint: 'run the same command again' })
}

async function* joined(archive: Parts, ranges: Iterable<ByteRange>): Bytes {
  for (const { start, end } of ranges) yield* archive.read(start, end)
}
