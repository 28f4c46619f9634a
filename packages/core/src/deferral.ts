import type { BackupRow } from '@bakthat/catalog'
import type { DestinationContext } from './context.js'
import type { RemoveResult } from './contract.js'
import { resolveBackup } from './resolve.js'
import { without } from './without.js'

/** In the metadata of a backup that a rule, and not a person, wants deleted later: it stays if it is the newest of its name then. */
const unlessLast = 'delete_unless_last'

/** Remembers that the backup is to be removed on a later day; a wish that there was before gives way. */
export function deferRemoval(
  { catalog }: DestinationContext,
  { id, metadata }: BackupRow,
  until: Date,
  byRule: boolean,
): RemoveResult {
  catalog.describe(id, { ...without(metadata, unlessLast), ...(byRule && { [unlessLast]: true }) })
  return { ...catalog.deferDeletion(id, until), deferredUntil: until }
}

/**
 * Keeps the backup of that stored name, or the newest complete one of that exact name, which was to be removed on a later day.
 * Idempotent, and no request: the wish is in the catalog alone. `NOT_FOUND` if there is no such backup. A later rotation may
 * choose it again.
 */
export function cancelRemoval(context: DestinationContext, name: string): BackupRow {
  const { catalog } = context
  const { id, metadata } = resolveBackup(context, name)
  if (isByRule(metadata)) catalog.describe(id, without(metadata, unlessLast))
  return catalog.cancelDeletion(id)
}

/** Whether the wish, if there is one, is that of a rule. */
export function isByRule(metadata: BackupRow['metadata']): boolean {
  return metadata[unlessLast] === true
}
