import type { BackupRow } from '@bakthat/catalog'
import { isBakthatError } from '@bakthat/errors'
import type { StorageBackend } from '@bakthat/storage'
import { placeOf, type DestinationContext } from './context.js'
import { lookFor } from './locate.js'
import { secondsOf } from './seconds.js'
import { manifestName, storedName, type StoredForm } from './stored-name.js'
import { signed } from './writer.js'

export interface Reservation extends StoredForm {
  readonly name: string
  readonly date: Date
  readonly tags: readonly string[]
  readonly signal?: AbortSignal
}

/**
 * Records a pending backup under a stored name that neither the catalog nor the store has. A stored name tells the
 * second; where that second is taken, by this host or another, the next free one is.
 */
export async function reserve(context: DestinationContext, wanted: Reservation): Promise<BackupRow> {
  const date = new Date(secondsOf(wanted.date) * 1000)
  for (; ; date.setTime(date.getTime() + 1000)) {
    const storedFilename = storedName(wanted.name, date, wanted)
    if (isKnown(context, storedFilename) || (await isStored(context.backend, storedFilename, wanted))) continue
    try {
      return context.catalog.begin({
        backend: context.backend.scheme,
        container: context.backend.container,
        backupDate: new Date(date),
        filename: wanted.name,
        storedFilename,
        tags: wanted.tags,
        metadata: signed(context),
        host: context.host,
        pid: context.pid,
      })
    } catch (error) {
      if (!isBakthatError(error, 'ALREADY_EXISTS')) throw error
    }
  }
}

/** The catalog answers at once: of many backups in a few seconds, each would ask the store for all before it. */
function isKnown({ catalog, backend }: DestinationContext, storedFilename: string): boolean {
  const anyStatus = ['pending', 'complete', 'deleted'] as const
  return catalog.newest({ ...placeOf(backend), storedFilename, status: anyStatus }) !== undefined
}

/** Where these credentials may not ask, `put` tells: it never overwrites. */
async function isStored(
  backend: StorageBackend,
  storedFilename: string,
  options: Pick<Reservation, 'signal'>,
): Promise<boolean> {
  const isThere = async (name: string): Promise<boolean> => {
    const locator = backend.locate(name)
    const found = locator === undefined ? undefined : await lookFor(backend, locator, options)
    return found !== undefined && found !== 'gone'
  }
  const found = await Promise.all([storedFilename, manifestName(storedFilename)].map(isThere))
  return found.includes(true)
}
