import type { BackupRow } from '@bakthat/catalog'
import type { BlobInfo } from '@bakthat/storage'
import { placeOf, type DestinationContext } from './context.js'
import { asKept } from './terms.js'

/**
 * Writes down in which class the store keeps each archive by now: the rules of a bucket move them to others. What the catalog
 * has is read again only of those, for it may have been taken in anew since, or removed.
 */
export function restate(
  { catalog, backend }: DestinationContext,
  rows: readonly BackupRow[],
  archives: ReadonlyMap<string, BlobInfo>,
): readonly BackupRow[] {
  const moved = rows.flatMap(({ storedFilename, metadata }) => {
    const archive = archives.get(storedFilename)
    return archive === undefined || asKept(metadata, archive) === metadata ? [] : [archive]
  })
  if (moved.length === 0) return []
  return catalog.transaction(() =>
    moved.flatMap((archive) => {
      const row = catalog.newest({ ...placeOf(backend), storedFilename: archive.name })
      const kept = row && asKept(row.metadata, archive)
      return row === undefined || kept === undefined || kept === row.metadata ? [] : [catalog.describe(row.id, kept)]
    }),
  )
}
