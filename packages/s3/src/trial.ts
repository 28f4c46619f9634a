import type { Condition } from './commit.js'
import type { Connection } from './connection.js'
import type { ObjectSettings } from './object-settings.js'
import type { S3Options } from './options.js'
import type { Outcome } from './outcome.js'
import type { Scratch } from './scratch.js'

/** What is tried out with, and on which terms. */
export interface Trial {
  readonly connection: Connection
  readonly options: S3Options
  readonly scratch: Scratch
  readonly signal: AbortSignal | undefined
  /** Those of a manifest, without a lock: what is tried out is removed again. */
  readonly settings: ObjectSettings
}

export const content = Buffer.from('bakthat')

/** The CRC32 of {@link content}, and of something else. */
export const crc32 = { right: 'JRhagQ==', wrong: 'AAAAAQ==' }

export const unsafe = 'names are looked up first, but two uploads of one name at the same moment may replace each other'

/** Stores as backups are stored: under the condition that nothing is there, and without it where the server does not know it. */
export async function asBackups<T>(store: (condition: Condition) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const outcome = await store({ IfNoneMatch: '*' })
  return 'error' in outcome && outcome.error.code === 'UNSUPPORTED' ? store({}) : outcome
}
