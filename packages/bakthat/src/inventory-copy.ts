import type { ArchiveEntry, Catalog } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import {
  idOfLocator,
  inventoryName,
  registers,
  type CallOptions,
  type Registers,
  type StorageBackend,
} from '@bakthat/storage'

/** Other hosts write it too: it is read and written again as often. */
const mostAttempts = 10

/** Which archive of a vault holds which stored name, in a catalog and in a bucket. */
export interface Inventories {
  readonly catalog: Catalog
  readonly vault: StorageBackend
  readonly bucket: StorageBackend
}

/**
 * Writes the map of the catalog into the bucket, together with what other hosts have put there, but for what this catalog knows
 * as deleted. JSON that the Python tool reads: a list of `{ "filename", "archive_id" }`. Gives what is there then.
 */
export async function backUpInventory(places: Inventories, options: CallOptions): Promise<readonly ArchiveEntry[]> {
  const register = registerOf(places.bucket)
  for (let attempt = 1; ; attempt++) {
    const { entries, etag } = await readMap(register, options)
    const all = merged(places, entries)
    try {
      await register.write(inventoryName, encodeMap(all), { ...options, ifMatch: etag })
      return all
    } catch (error) {
      if (!isBakthatError(error, 'ALREADY_EXISTS') || attempt === mostAttempts) throw error
    }
  }
}

/** Takes the map of the bucket into the catalog, as the Python tool or {@link backUpInventory} left it. Gives what was new. */
export async function restoreInventory(
  { catalog, vault, bucket }: Inventories,
  options: CallOptions,
): Promise<readonly ArchiveEntry[]> {
  const { entries, etag } = await readMap(registerOf(bucket), options)
  if (etag === null) {
    throw new BakthatError('NOT_FOUND', `there is no ${inventoryName} in ${bucket.container}`, {
      hint: 'it is written after each change of a vault; what the vault itself knows comes with bakthat sync -d glacier',
    })
  }
  const known = new Set(catalog.inventory.list(vault.container).map(({ archiveId }) => archiveId))
  const added = entries.filter(({ archiveId }) => !known.has(archiveId))
  for (const entry of added) catalog.inventory.record(vault.container, entry)
  return added
}

function registerOf(bucket: StorageBackend): Registers {
  const register = registers(bucket)
  if (register !== undefined) return register
  throw new BakthatError('UNSUPPORTED', `${bucket.scheme} cannot keep the inventory of a vault`, {
    hint: 'set s3_bucket in the profile',
  })
}

function merged({ catalog, vault }: Inventories, entries: readonly ArchiveEntry[]): readonly ArchiveEntry[] {
  const { scheme: backend, container } = vault
  const rows = catalog.find({ backend, container, status: ['deleted'] })
  // Rows of the Python tool have but a name.
  const deleted = new Set(
    rows.map(({ locator, storedFilename }) => (locator === undefined ? storedFilename : idOfLocator(locator))),
  )
  const all = new Map<string, ArchiveEntry>()
  for (const entry of [...entries, ...catalog.inventory.list(container)]) {
    if (!deleted.has(entry.archiveId) && !deleted.has(entry.filename)) all.set(entry.archiveId, entry)
  }
  return [...all.values()]
}

async function readMap(
  register: Registers,
  options: CallOptions,
): Promise<{ readonly entries: readonly ArchiveEntry[]; readonly etag: string | null }> {
  try {
    const { bytes, etag } = await register.read(inventoryName, options)
    return { entries: decodeMap(bytes), etag }
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return { entries: [], etag: null }
    throw error
  }
}

function encodeMap(entries: readonly ArchiveEntry[]): Uint8Array {
  return Buffer.from(JSON.stringify(entries.map(({ filename, archiveId }) => ({ filename, archive_id: archiveId }))))
}

/** A list of rows; the first versions of the Python tool wrote one object from names to ids. */
function decodeMap(bytes: Uint8Array): readonly ArchiveEntry[] {
  const rows = rowsOf(bytes)
  const entries = rows.flatMap(({ filename, archive_id: archiveId }) =>
    typeof filename === 'string' && typeof archiveId === 'string' ? [{ filename, archiveId }] : [],
  )
  if (entries.length === rows.length) return entries
  throw damaged()
}

function rowsOf(bytes: Uint8Array): readonly Record<string, unknown>[] {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch (cause) {
    throw damaged(cause)
  }
  if (typeof value !== 'object' || value === null) throw damaged()
  const rows: readonly unknown[] = Array.isArray(value)
    ? value
    : Object.entries(value).map(([filename, archive_id]) => ({ filename, archive_id: archive_id as unknown }))
  return rows.map((row) => (typeof row === 'object' && row !== null ? { ...row } : {}))
}

function damaged(cause?: unknown): BakthatError {
  return new BakthatError('INTEGRITY', `${inventoryName} is not a map of archives`, {
    hint: 'remove it from the bucket, and make it again with: bakthat backup-glacier-inventory',
    cause,
  })
}
