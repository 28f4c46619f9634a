import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { DestinationContext } from './context.js'
import type { MigrateOptions, MigrateResult } from './contract.js'
import { fetchBackup } from './fetch.js'
import { storeCopy } from './copy.js'
import { recoverInterrupted } from './recover.js'
import { removeBackup } from './remove.js'
import { jobOf } from './thaw.js'

/**
 * Copies every complete backup of one destination into another under its stored name, and with `deleteSource` removes it
 * where it was, once the copy has been confirmed by size and SHA-256. Cold backups are asked for, all of them, and copied by
 * whichever call finds them ready: run it again until nothing is `pending`. Idempotent: what is there already is not
 * copied again.
 */
export async function migrate(
  from: DestinationContext,
  to: DestinationContext,
  options: MigrateOptions = {},
): Promise<MigrateResult> {
  refuseSame(from, to)
  await recoverInterrupted(to)
  const result: Mutable<MigrateResult> = { copied: [], present: [], pending: [], removed: [], failed: [] }
  for (const backup of from.catalog.find({ backend: from.backend.scheme, container: from.backend.container })) {
    const outcome = await migrateOne(from, to, backup, options)
    if (typeof outcome === 'object') result.failed.push(outcome)
    else if (outcome === 'pending') result.pending.push(jobOf(backup, from.catalog.retrievals.of(backup.id)))
    else result[outcome].push(backup)
    const isThere = outcome === 'copied' || outcome === 'present'
    if (isThere && options.deleteSource === true) result.removed.push(await removeBackup(from, backup, options))
  }
  return result
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] }

async function migrateOne(
  from: DestinationContext,
  to: DestinationContext,
  backup: BackupRow,
  options: MigrateOptions,
): Promise<'copied' | 'present' | 'pending' | MigrateResult['failed'][number]> {
  if (copyOf(to, backup) !== undefined) return 'present'
  try {
    await storeCopy(to, backup, await fetchBackup(from, backup, options), options)
    return 'copied'
  } catch (error) {
    if (isBakthatError(error, 'PENDING')) return 'pending'
    if (!isBakthatError(error, 'COLD', 'INTEGRITY', 'UNSUPPORTED')) throw error
    return { backup, problem: { code: error.code, message: error.message } }
  }
}

/** A complete copy of exactly these bytes. */
function copyOf(
  { catalog, backend }: DestinationContext,
  { storedFilename, size, sha256 }: BackupRow,
): BackupRow | undefined {
  const copy = catalog.newest({ backend: backend.scheme, container: backend.container, storedFilename })
  if (copy === undefined) return undefined
  if (copy.size === size && (sha256 === undefined || copy.sha256 === sha256)) return copy
  throw new BakthatError('ALREADY_EXISTS', `${storedFilename} is in ${backend.scheme} already, and is another backup`, {
    hint: 'delete one of the two first',
  })
}

function refuseSame(from: DestinationContext, to: DestinationContext): void {
  if (from.backend.scheme !== to.backend.scheme || from.backend.container !== to.backend.container) return
  throw new BakthatError('INVALID_INPUT', 'the destination to move to is the one to move from', {
    hint: 'name two different ones',
  })
}
