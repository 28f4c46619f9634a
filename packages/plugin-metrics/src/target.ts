import type { Sample } from './samples.js'

/** The labels that tell one row of backups from another: the same name at two destinations is two of them. */
export interface Series {
  readonly name: string
  readonly backend: string
  readonly container: string
}

/** Adds samples to what was told of a series before; metrics that no sample is of stay as they are. */
export type Target = (series: Series, samples: readonly Sample[], signal: AbortSignal) => Promise<void>
