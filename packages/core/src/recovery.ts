import { shellWords } from '@bakthat/errors'
import type { Place } from '@bakthat/events'
import { byHand, type ByHand } from '@bakthat/storage'
import { formOf, isBackup } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { Backup } from './contract.js'
import { locatorOf } from './locate.js'
import { isArchiveName, partsOfName } from './stored-name.js'

/** How backups of one form come back without this program, shown on the newest of them. Lines for a POSIX shell, without secrets. */
export interface RecoveryExample {
  readonly backup: Backup
  /** What opens it; `undefined` for one in the clear. */
  readonly encryption: 'recipients' | 'passphrase' | undefined
  /** Asks for it hours before, where it lies in cold storage; absent where none can. */
  readonly thaw?: string
  /** Restores it into the current directory; the age identity is to be in the file `key.txt`. In a pipeline: see `pipefail`. */
  readonly restore: string
}

/** How to get back what lies in a destination, once everything else is lost. Holds no secret. */
export interface RecoveryByHand {
  /** The machine that tells. */
  readonly host: string
  readonly destination: Place
  /** Lists what is stored; absent where no tool of others does so at once. */
  readonly list?: string
  /** The newest first; none where no tool of others reaches what is stored. */
  readonly examples: readonly RecoveryExample[]
}

/** How to get the backups of the destination back by hand, as far as the catalog knows them. No request. */
export function recoveryByHand(context: DestinationContext): RecoveryByHand {
  const { backend, host } = context
  const destination = placeOf(backend)
  const tool = byHand(backend)
  if (tool === undefined) return { host, destination, examples: [] }
  const list = tool.listByHand?.()
  const examples = newestOfEachForm(context).map((backup) => exampleOf(context, tool, backup))
  return { host, destination, examples, ...(list !== undefined && { list }) }
}

/** What the Python tool encrypted has no other tool to open it. */
function newestOfEachForm({ catalog, backend }: DestinationContext): readonly Backup[] {
  const newest = new Map<string, Backup>()
  for (const backup of catalog.find(placeOf(backend)))
    if (isBackup(backup) && isArchiveName(backup.storedFilename)) newest.set(formWords(backup), backup)
  return [...newest.values()].sort((one, other) => other.backupDate.getTime() - one.backupDate.getTime())
}

function formWords(backup: Backup): string {
  return [formOf(backup.storedFilename, backup).kind, ...stepsOf(backup)].join(' | ')
}

function exampleOf(context: DestinationContext, tool: ByHand, backup: Backup): RecoveryExample {
  const locator = locatorOf(context, backup)
  const form = formOf(backup.storedFilename, backup)
  const steps = [tool.fetchByHand(locator), ...stepsOf(backup)]
  const restore =
    form.kind === 'archive'
      ? [...steps, 'tar -x -p -f -'].join(' | ')
      : `${steps.join(' | ')} > ${shellWords(form.fileName)}`
  const thaw = tool.thawByHand?.(locator)
  return { backup, encryption: encryptionOf(backup), restore, ...(thaw !== undefined && { thaw }) }
}

/** From what is stored to a tar or what was stored as a stream. */
function stepsOf(backup: Backup): readonly string[] {
  const encryption = encryptionOf(backup)
  const { compression = 'none' } = partsOfName(backup.storedFilename) ?? {}
  return [
    ...(encryption === undefined ? [] : [encryption === 'passphrase' ? 'age -d' : 'age -d -i key.txt']),
    ...{ zstd: ['zstd -d'], gzip: ['gzip -d'], none: [] }[compression],
  ]
}

/** Whoever finds a backup that says nothing of it tries an identity first: a passphrase is asked for where that is what it needs. */
function encryptionOf({ storedFilename, metadata }: Backup): RecoveryExample['encryption'] {
  if (!storedFilename.endsWith('.age')) return undefined
  return metadata['encryption'] === 'passphrase' ? 'passphrase' : 'recipients'
}
