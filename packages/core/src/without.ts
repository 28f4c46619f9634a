import type { BackupRow } from '@bakthat/catalog'

/** The metadata of a backup without these keys. */
export function without(metadata: BackupRow['metadata'], ...keys: readonly string[]): BackupRow['metadata'] {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !keys.includes(key)))
}
