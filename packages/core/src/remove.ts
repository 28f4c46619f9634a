import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { daysAfter, idOfLocator, registers, type BlobInfo, type CallOptions, type Locator } from '@bakthat/storage'
import { announced, begun } from './announce.js'
import { isValue } from './contents.js'
import type { DestinationContext } from './context.js'
import type { RemoveOptions, RemoveResult } from './contract.js'
import { deferRemoval } from './deferral.js'
import { indexOf, locatorOf, lookFor, lookForArchive, manifestOf } from './locate.js'
import { resolveBackup } from './resolve.js'
import { manifestName } from './stored-name.js'
import { knownPaidUntil } from './terms.js'
import { refuseUnrecordable } from './unrecordable.js'

/** Removes the backup of that stored name, or the newest complete one of that exact name, as {@link removeBackup} does, and announces it. */
export async function remove(
  context: DestinationContext,
  name: string,
  options: RemoveOptions = {},
): Promise<RemoveResult> {
  const backup = await begun(context, { action: 'delete', name }, () => resolveBackup(context, name, options))
  return announced(
    context,
    {
      action: 'delete',
      name: backup.filename,
      before: (session) => ({ ...session, backup }),
      after: (session, result) => ({ ...session, result }),
    },
    options,
    () => removeBackup(context, backup, options),
  )
}

export interface RemovalOptions extends Pick<RemoveOptions, 'signal' | 'keepUntilFree'> {
  /** Whether a rule chose it, and nobody named it. */
  readonly byRule?: boolean
}

/**
 * Removes exactly this backup, unannounced. The manifest goes first, the catalog's row last, and each removal is confirmed: stopped at
 * any point, the same call again finishes it. Nothing goes where the catalog's row cannot be written. One that the store has locked, or that is to be kept until it is free, is not
 * an error: the wish is recorded, and everything is left as it is.
 */
export async function removeBackup(
  context: DestinationContext,
  backup: BackupRow,
  { signal, keepUntilFree = false, byRule = false }: RemovalOptions = {},
): Promise<RemoveResult> {
  const options = signal === undefined ? {} : { signal }
  if (isValue(backup)) return removeValue(context, backup, options)
  const { lockedUntil, paidUntil } = await termsToCome(context, backup, options)
  if (lockedUntil !== undefined) return deferRemoval(context, backup, lockedUntil, byRule)
  if (keepUntilFree && paidUntil !== undefined)
    return { ...deferRemoval(context, backup, paidUntil, byRule), paidUntil }
  await refuseUnrecordable(context, backup)
  try {
    for (const locator of locatorsOf(context, backup)) await removeBlob(context, locator, options)
  } catch (error) {
    if (!isBakthatError(error, 'LOCKED')) throw error
    return deferRemoval(context, backup, tomorrow(context.now()), byRule)
  }
  forgetArchive(context, backup)
  const removed = context.catalog.markDeleted(backup.id)
  return { ...removed, ...(paidUntil !== undefined && { paidUntil }) }
}

type Terms = Pick<BlobInfo, 'lockedUntil' | 'paidUntil'>

/** Days that have not come yet: as the store says, or where it does not say so at once, as the catalog knows. */
async function termsToCome(context: DestinationContext, backup: BackupRow, options: CallOptions): Promise<Terms> {
  const found = await lookForArchive(context, backup, options)
  if (found === 'gone') return {}
  const paidUntil = toCome(context, found === undefined ? knownPaidUntil(context.backend, backup) : found.paidUntil)
  const nextTry = found?.onLegalHold === true ? tomorrow(context.now()) : undefined
  const lockedUntil = toCome(context, found?.lockedUntil) ?? nextTry
  return { ...(lockedUntil && { lockedUntil }), ...(paidUntil && { paidUntil }) }
}

function toCome({ now }: DestinationContext, day: Date | undefined): Date | undefined {
  return day !== undefined && day > now() ? day : undefined
}

/** A store without names has it in the catalog's inventory too. */
function forgetArchive({ catalog, backend }: DestinationContext, { storedFilename, locator }: BackupRow): void {
  if (backend.capabilities.names) return
  const archiveId =
    locator === undefined ? catalog.inventory.find(backend.container, storedFilename)?.archiveId : idOfLocator(locator)
  if (archiveId !== undefined) catalog.inventory.forget(archiveId)
}

/** A bucket that keeps versions would bring the value before it to light, were it removed like an archive. */
async function removeValue(
  context: DestinationContext,
  backup: BackupRow,
  options: CallOptions,
): Promise<RemoveResult> {
  const { backend, catalog } = context
  await refuseUnrecordable(context, backup)
  await registers(backend)?.erase(backup.storedFilename, options)
  return catalog.markDeleted(backup.id)
}

/** Everything of a backup, in the order in which it goes. */
function locatorsOf(context: DestinationContext, backup: BackupRow): readonly Locator[] {
  const locators = [
    manifestOf(backup) ?? context.backend.locate(manifestName(backup.storedFilename)),
    locatorOf(context, backup),
    indexOf(backup),
  ]
  return locators.filter((locator) => locator !== undefined)
}

async function removeBlob({ backend }: DestinationContext, locator: Locator, options: CallOptions): Promise<void> {
  await backend.remove(locator, options)
  const found = await lookFor(backend, locator, options)
  if (found === undefined || found === 'gone') return
  throw new BakthatError('UNAVAILABLE', `${found.name} is still in the storage, which said that it was removed`, {
    hint: 'run the same command again',
  })
}

function tomorrow(now: Date): Date {
  return daysAfter(now, 1)
}
