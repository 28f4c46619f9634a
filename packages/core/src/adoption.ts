import type { BackupRow } from '@bakthat/catalog'
import type { DestinationContext } from './context.js'
import type { Listing } from './listing.js'

/**
 * Gives a destination the backups of the Python tool that lie in it. The tool told buckets apart by the access key, too, so
 * that nobody else can tell where its rows belong once the key is another one: what tells is that an archive of that name and
 * size is here. What is `known` here already stays as it is known.
 */
export function adoptOlder(
  context: DestinationContext,
  { archives, older }: Listing,
  known: ReadonlyMap<string, BackupRow>,
): readonly BackupRow[] {
  const { catalog, backend, pid } = context
  const { scheme, container } = backend
  const found = catalog.find({ backend: scheme, container: '' }).flatMap((row) => {
    const { storedFilename, size } = row
    const locator = backend.locate(storedFilename)
    const archive = archives.get(storedFilename) ?? older.get(storedFilename)
    return archive?.size !== size || locator === undefined || known.has(storedFilename) ? [] : [{ ...row, locator }]
  })
  if (found.length === 0) return []
  return catalog.transaction(() =>
    found.map((row) => {
      catalog.markDeleted(row.id)
      return catalog.record({ ...row, container, host: row.host ?? 'unknown', pid: row.pid ?? pid })
    }),
  )
}
