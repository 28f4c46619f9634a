import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { isBackup } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions, MigrateOptions, MigrateResult, Problem, RemoveResult } from './contract.js'
import { refuseEmptied } from './emptied.js'
import { fetchBackup } from './fetch.js'
import { storeCopy } from './copy.js'
import { lookFor, lookForArchive, manifestOf } from './locate.js'
import { problemOf } from './problem.js'
import { readBack } from './read-back.js'
import { recoverInterrupted } from './recover.js'
import { removeBackup } from './remove.js'
import { progressOf } from './stored-progress.js'
import { fetched, jobOf } from './thaw.js'
import { stopsEverything } from './thin.js'
import { checkManifest } from './verify.js'
import { moment } from './words.js'

/**
 * Copies every complete backup of one destination into another under its stored name, and with `deleteSource` removes it
 * where it was, once the copy has been confirmed. Cold backups are asked for, all of them, and copied by
 * whichever call finds them ready: run it again until nothing is `pending`. Idempotent: what is there already is not
 * copied again, but looked for, where the store tells at once; a copy that is gone is `failed`, and its original stays, and so
 * is a backup whose stored name another one has there, and one that cannot be removed where it was. Values of keys are no
 * backups, and stay where they are. `UNAVAILABLE` where a directory to copy to is empty, though backups were stored in it: its
 * disk is not mounted.
 */
export async function migrate(
  from: DestinationContext,
  to: DestinationContext,
  options: MigrateOptions = {},
): Promise<MigrateResult> {
  refuseSame(from, to)
  await refuseEmptied(to, options)
  await recoverInterrupted(to)
  const result: Mutable<MigrateResult> = { copied: [], present: [], pending: [], removed: [], failed: [] }
  for (const backup of backupsToCopy(from, to, options)) {
    const outcome = await migrateOne(from, to, backup, options)
    if (typeof outcome === 'object') result.failed.push(outcome)
    else if (outcome === 'pending') result.pending.push(jobOf(backup, from.catalog.retrievals.of(backup.id)))
    else result[outcome].push(backup)
    const isThere = outcome === 'copied' || outcome === 'present'
    if (!isThere || options.deleteSource !== true) continue
    const removal = await removeOriginal(from, to, backup, options)
    if ('problem' in removal) result.failed.push(removal)
    else result.removed.push(removal)
  }
  return result
}

function backupsToCopy(
  { catalog, backend }: DestinationContext,
  to: DestinationContext,
  { onNotice }: MigrateOptions,
): readonly BackupRow[] {
  const rows = catalog.find(placeOf(backend))
  const backups = rows.filter(isBackup)
  const values = rows.length - backups.length
  if (values > 0)
    onNotice?.(`only backups are copied: left alone are the values of ${values} ${values === 1 ? 'key' : 'keys'}`)
  return backups.filter((backup) => backup.deleteAfter === undefined || !wasMoved(to, backup))
}

/** What was copied, and waits to be deleted here: it does not come back where its copy was deleted meanwhile. */
function wasMoved({ catalog, backend }: DestinationContext, { storedFilename, size, sha256 }: BackupRow): boolean {
  const there = { ...placeOf(backend), storedFilename }
  const [deleted] = catalog.find({ ...there, status: ['deleted'] })
  return deleted?.size === size && deleted.sha256 === sha256
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] }

async function migrateOne(
  from: DestinationContext,
  to: DestinationContext,
  backup: BackupRow,
  options: MigrateOptions,
): Promise<'copied' | 'present' | 'pending' | MigrateResult['failed'][number]> {
  try {
    const copy = copyOf(to, backup)
    if (copy?.deleteAfter !== undefined) return { backup, problem: leaving(to, copy.deleteAfter) }
    if (copy !== undefined) return (await isStillThere(to, copy, options)) ? 'present' : { backup, problem: lost(to) }
    const bytes = await fetchBackup(from, backup, options, progressOf('copying', backup, options))
    await storeCopy(to, backup, bytes, options)
    fetched(from, backup)
    return 'copied'
  } catch (error) {
    if (isBakthatError(error, 'PENDING')) return 'pending'
    if (!isBakthatError(error, 'ALREADY_EXISTS', 'COLD', 'INTEGRITY', 'UNSUPPORTED')) throw error
    return { backup, problem: problemOf(error) }
  }
}

async function removeOriginal(
  from: DestinationContext,
  to: DestinationContext,
  backup: BackupRow,
  options: MigrateOptions,
): Promise<RemoveResult | MigrateResult['failed'][number]> {
  try {
    if (backup.deleteAfter === undefined) await refuseUnconfirmed(to, backup, options)
    return await removeBackup(from, backup, options)
  } catch (error) {
    if (!isBakthatError(error) || stopsEverything(error)) throw error
    return { backup, problem: problemOf(error) }
  }
}

/** Where a store confirms sizes alone, other bytes than were sent would be found too late: when nothing else is left. */
async function refuseUnconfirmed(to: DestinationContext, backup: BackupRow, options: ActionOptions): Promise<void> {
  if (to.backend.capabilities.confirmation !== 'size') return
  const copy = copyOf(to, backup)!
  const where = `its copy in ${to.backend.scheme}`
  try {
    const isRead = await readBack(to, copy, options)
    if (!isRead)
      throw new BakthatError(
        'COLD',
        `${where} is cold, and cannot be read back: thaw that one, or delete this one by hand`,
      )
    await checkManifest(to, copy, options)
  } catch (error) {
    if (!isBakthatError(error, 'INTEGRITY')) throw error
    throw new BakthatError('INTEGRITY', `${where} is not what was stored, and has to be deleted: ${error.message}`, {
      cause: error,
    })
  }
}

/** A complete copy of exactly these bytes. */
function copyOf(
  { catalog, backend }: DestinationContext,
  { storedFilename, size, sha256 }: BackupRow,
): BackupRow | undefined {
  const copy = catalog.newest({ ...placeOf(backend), storedFilename })
  if (copy === undefined) return undefined
  if (copy.size === size && (sha256 === undefined || copy.sha256 === sha256)) return copy
  throw new BakthatError('ALREADY_EXISTS', `${storedFilename} is in ${backend.scheme} already, and is another backup`)
}

/** Asked of the store and not of the catalog alone: nothing else may be left of the backup soon. */
async function isStillThere(to: DestinationContext, copy: BackupRow, options: ActionOptions): Promise<boolean> {
  const found = await lookForArchive(to, copy, options)
  if (found === 'gone' || (found !== undefined && found.size !== copy.size)) return false
  const manifest = manifestOf(copy)
  return manifest === undefined || (await lookFor(to.backend, manifest, options)) !== 'gone'
}

function leaving({ backend }: DestinationContext, day: Date): Problem {
  const message = `its copy in ${backend.scheme} is to be deleted after ${moment(day)}`
  return { code: 'ALREADY_EXISTS', message }
}

function lost({ backend }: DestinationContext): Problem {
  const message = `its copy in ${backend.scheme} is in the catalog, but no longer whole in the storage: see bakthat sync`
  return { code: 'INTEGRITY', message }
}

function refuseSame(from: DestinationContext, to: DestinationContext): void {
  if (from.backend.scheme !== to.backend.scheme || from.backend.container !== to.backend.container) return
  throw new BakthatError('INVALID_INPUT', 'the destination to move to is the one to move from', {
    hint: 'name two different ones',
  })
}
