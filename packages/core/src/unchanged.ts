import { createHash } from 'node:crypto'
import type { BackupRow, Json } from '@bakthat/catalog'
import type { DestinationContext } from './context.js'
import type { ActionOptions, BackupOptions, BackupResult, SurveyResult } from './contract.js'
import { lookForArchive } from './locate.js'
import { newestOf } from './resolve.js'
import type { Source } from './source.js'
import { surveySource } from './survey.js'

/** What a backup would hold now. */
interface State {
  readonly survey: SurveyResult
  readonly since: Date
  /** Of all that makes one backup the same as another. Absent where that cannot be told. */
  readonly fingerprint?: string
}

/** Another version wherever something else is taken into account: fingerprints are compared, and nothing is read out of them. */
const version = 1

/** By the backup, where one is made. */
const toldLater = (): void => undefined

/** Looks at a source, at the cost of a walk. `keys`: how it would be encrypted. */
export async function stateOf(
  context: DestinationContext,
  source: Source,
  keys: Readonly<Record<string, Json>>,
  options: BackupOptions,
): Promise<State> {
  const since = context.now()
  const survey = await surveySource(context, source, { ...options, onNotice: toldLater })
  const isWhole = survey.warnings.every(({ incomplete }) => !incomplete)
  if (survey.fingerprint === undefined || !isWhole) return { survey, since }
  const { compression = { format: 'zstd' }, tags = [], xattrs = false } = options
  const facts = [version, survey.fingerprint, source.entryName, compression.format, keys, [...tags].sort(), xattrs]
  return { survey, since, fingerprint: createHash('sha256').update(JSON.stringify(facts)).digest('hex') }
}

/** The newest backup of that name where it is in that state, is whole, and the store says that it is there; as a result. */
export async function unchangedBackup(
  context: DestinationContext,
  name: string,
  { survey, since, fingerprint }: State,
  options: ActionOptions,
): Promise<BackupResult | undefined> {
  const newest = newestOf(context, name)
  if (newest === undefined || fingerprint === undefined || newest.metadata['fingerprint'] !== fingerprint)
    return undefined
  if (newest.metadata['incomplete'] !== 0 || isLeaving(newest, since)) return undefined
  const found = await lookForArchive(context, newest, options)
  if (found === undefined)
    options.onNotice?.(
      `nothing was changed, but ${context.backend.scheme} cannot say that it still has ${newest.storedFilename}`,
    )
  if (typeof found !== 'object' || found.size !== newest.size) return undefined
  const { entries, files, bytes: bytesRead, warnings } = survey
  const durationMs = context.now().getTime() - since.getTime()
  return { ...newest, entries, files, bytesRead, durationMs, warnings, unchanged: true }
}

/** Whether it is to be removed, or was locked and may be removed by now: it is no longer as safe as a new one. */
function isLeaving({ deleteAfter, metadata: { locked_until: locked } }: BackupRow, now: Date): boolean {
  return deleteAfter !== undefined || (typeof locked === 'number' && locked * 1000 <= now.getTime())
}
