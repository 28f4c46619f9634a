import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import type { Rotatable, Uncounted } from '@bakthat/rotation'
import { localDirectory, type BlobInfo } from '@bakthat/storage'
import { isBackup } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'
import { inParallel } from './in-parallel.js'
import { lookFor, manifestOf } from './locate.js'
import { hintOf } from './resolve.js'
import { manifestName, manifestPrefix } from './stored-name.js'
import { knownPaidUntil } from './terms.js'

/** A backup of a group, with what the planners look at. */
export interface Member extends Rotatable {
  readonly backup: BackupRow
  readonly paidUntil?: Date
}

/**
 * The backups of exactly that name in this destination, those under way among them, each compared with what the store holds
 * now: one request for every thousand archives and manifests, none where a listing takes a job, and in a directory a look at
 * each. `NOT_FOUND` if there is no such name, `UNAVAILABLE` if the store holds none of them.
 */
export async function groupOf(
  context: DestinationContext,
  name: string,
  options: ActionOptions,
): Promise<readonly Member[]> {
  // A caller in JavaScript may have nothing where a name should be, and a query without a name finds every backup.
  if (typeof name !== 'string' || name === '')
    throw new BakthatError('INVALID_INPUT', 'no name of backups was given', { hint: 'name them' })
  const { catalog, backend } = context
  const here = placeOf(backend)
  const rows = catalog.find({ ...here, filename: name, status: ['complete', 'pending'] }).filter(isBackup)
  if (rows.length === 0) throw noSuchName(context, name)
  const stored = (await blobsOfFiles(context, rows, options)) ?? (await storedBlobs(context, name, rows, options))
  const members = rows.map((backup) => memberOf(context, backup, stored))
  const complete = members.filter(({ uncounted }) => uncounted !== 'incomplete')
  if (complete.length > 0 && complete.every(({ uncounted }) => uncounted === 'missing')) throw allGone(context, name)
  return members
}

/** Every name that has complete backups in this destination, in order. */
export function namesIn({ catalog, backend }: DestinationContext): readonly string[] {
  const rows = catalog.find(placeOf(backend))
  return [...new Set(rows.filter(isBackup).map(({ filename }) => filename))].sort()
}

/** By their names; `undefined` where the store does not tell at once. */
async function storedBlobs(
  { backend }: DestinationContext,
  name: string,
  rows: readonly BackupRow[],
  { signal }: ActionOptions,
): Promise<ReadonlyMap<string, BlobInfo> | undefined> {
  if (backend.capabilities.listing === 'deferred' || !backend.capabilities.names) return undefined
  const usual = `${name}.`
  const isUsual = rows.every(({ storedFilename }) => storedFilename.startsWith(usual))
  const blobs = new Map<string, BlobInfo>()
  for (const prefix of isUsual ? [usual, manifestPrefix + usual] : ['']) {
    const answer = await backend.list({ prefix, ...(signal && { signal }) })
    if (answer.state === 'pending') return undefined
    for await (const blob of answer.value) blobs.set(blob.name, blob)
  }
  return blobs
}

/**
 * The same of a directory, which is read whole for any listing: looked for one by one, the names of a full one cost no more than
 * what is stored under them. `undefined` for another store, and where one of them may not be looked at.
 */
async function blobsOfFiles(
  { backend }: DestinationContext,
  rows: readonly BackupRow[],
  { signal }: ActionOptions,
): Promise<ReadonlyMap<string, BlobInfo> | undefined> {
  if (localDirectory(backend) === undefined) return undefined
  const names = rows.flatMap(({ storedFilename }) => [storedFilename, manifestName(storedFilename)])
  const found = await inParallel(names, signal, async (name) => {
    const locator = backend.locate(name)
    return locator === undefined ? undefined : lookFor(backend, locator, signal && { signal })
  })
  if (found.includes(undefined)) return undefined
  return new Map(found.flatMap((blob) => (typeof blob === 'object' ? [[blob.name, blob]] : [])))
}

function memberOf(
  { now, backend }: DestinationContext,
  backup: BackupRow,
  stored: ReadonlyMap<string, BlobInfo> | undefined,
): Member {
  const blob = stored?.get(backup.storedFilename)
  const paidUntil = stored === undefined ? knownPaidUntil(backend, backup) : blob?.paidUntil
  const uncounted = whyUncounted(backup, stored !== undefined && !isWhole(backup, stored))
  const isAhead = (date: Date | undefined): boolean => date !== undefined && date > now()
  return {
    id: backup.id,
    date: backup.backupDate,
    locked: isAhead(blob?.lockedUntil),
    backup,
    ...(uncounted && { uncounted }),
    ...(isAhead(paidUntil) && { paidUntil: paidUntil! }),
  }
}

/**
 * Without its manifest it is what a removal left that was stopped half-way, and clutter to every other host. What size an
 * archive of the Python tool has in the store is not sure.
 */
function isWhole(backup: BackupRow, stored: ReadonlyMap<string, BlobInfo>): boolean {
  const { storedFilename, size, sha256 } = backup
  const archive = stored.get(storedFilename)
  if (archive === undefined || (sha256 !== undefined && archive.size !== size)) return false
  return manifestOf(backup) === undefined || stored.has(manifestName(storedFilename))
}

function whyUncounted({ status, deleteAfter }: BackupRow, isMissing: boolean): Uncounted | undefined {
  if (status === 'pending') return 'incomplete'
  if (isMissing) return 'missing'
  return deleteAfter === undefined ? undefined : 'leaving'
}

function noSuchName({ catalog, backend }: DestinationContext, name: string): BakthatError {
  return new BakthatError('NOT_FOUND', `no backups named ${JSON.stringify(name)} in ${backend.scheme}`, {
    hint: hintFor(catalog.find({ filename: name })),
  })
}

/** What bears the name that no backup here has. */
function hintFor(rows: readonly BackupRow[]): string {
  const elsewhere = rows.findLast(isBackup)
  if (elsewhere !== undefined) return hintOf(elsewhere)
  return rows.length > 0
    ? 'a key is called so, and values of keys are not rotated: bakthat kv delete deletes one'
    : 'names are compared exactly; list what there is with: bakthat show'
}

function allGone({ backend }: DestinationContext, name: string): BakthatError {
  return new BakthatError(
    'UNAVAILABLE',
    `none of the backups named ${JSON.stringify(name)} is in ${backend.container}`,
    {
      hint: 'is the disk mounted, or the bucket the right one? If they are really gone: bakthat sync',
    },
  )
}
