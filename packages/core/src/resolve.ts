import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import { isFromTheFuture } from '@bakthat/rotation'
import { formOf, isBackup, refuseFile } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions } from './contract.js'

type Notices = Pick<ActionOptions, 'onNotice'>

/**
 * The backup that a person means by a name: the complete one of that stored name, or else the newest complete one of
 * that exact name, in this destination, and the value of that key where no backup is called so. `NOT_FOUND` tells where else
 * there is one. Of a newest one that is dated in the future, by a clock that was wrong, a notice tells.
 */
export function resolveBackup(context: DestinationContext, name: string, { onNotice }: Notices = {}): BackupRow {
  const { catalog, backend } = context
  // A caller in JavaScript may have nothing where a name should be, and a query without a name finds any backup.
  if (typeof name !== 'string' || name === '')
    throw new BakthatError('INVALID_INPUT', 'no name of a backup was given', { hint: 'name one' })
  const here = placeOf(backend)
  const stored = catalog.newest({ ...here, storedFilename: name })
  const found = stored !== undefined && isBackup(stored) ? stored : (newestOf(context, name) ?? stored)
  if (found !== undefined) {
    const isNamed = name === found.storedFilename
    if (!isNamed && isFromTheFuture(found.backupDate, context.now())) onNotice?.(fromTheFuture(found))
    return found
  }
  const elsewhere = catalog.newest({ storedFilename: name }) ?? catalog.newest({ filename: name })
  throw new BakthatError('NOT_FOUND', `no backup named ${JSON.stringify(name)} in ${backend.scheme}`, {
    hint: elsewhere === undefined ? 'list what there is with: bakthat show' : hintOf(elsewhere),
  })
}

function fromTheFuture({ storedFilename }: BackupRow): string {
  return `${storedFilename} is dated in the future, so it counts as the newest: to get another, give its stored name`
}

/** The newest complete backup of that exact name, in this destination. */
export function newestOf({ catalog, backend }: DestinationContext, name: string): BackupRow | undefined {
  // No two complete ones have a stored name in common, and that of a value is its key: one of two is a backup.
  return catalog.find({ ...placeOf(backend), filename: name, limit: 2 }).findLast(isBackup)
}

/** The same of a backup of files: `INVALID_INPUT` for a stream or a value, which is one file. */
export function resolveTree(context: DestinationContext, name: string, notices?: Notices): BackupRow {
  const backup = resolveBackup(context, name, notices)
  refuseFile(formOf(backup.storedFilename, backup), backup.storedFilename)
  return backup
}

/** Where a backup is that a name was to mean, and is not here. */
export function hintOf({ backend, container }: BackupRow): string {
  if (container !== '') return `there is one in ${backend} (${container}): choose it with -d or -p`
  return `the Python tool stored one in ${backend} with another access key: find it with bakthat sync -d ${backend}`
}
