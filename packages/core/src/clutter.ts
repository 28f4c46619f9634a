import type { ActionOptions } from './contract.js'
import { duration } from './words.js'

/** How long what lies there is taken for young, in seconds, unless it is said otherwise. */
export const aDay = 86_400

export interface CleanupOptions extends Pick<ActionOptions, 'signal'> {
  /** Only tell what would be removed. */
  readonly dryRun?: boolean
  /**
   * What is younger may belong to a backup under way elsewhere, and is left alone. Seconds; default one day, and never less
   * for a pending backup whose process may still run.
   */
  readonly olderThanSeconds?: number
}

/** One thing that does not belong. */
export interface CleanupItem {
  /**
   * `leftover`: an unfinished upload or a partial file. `orphan`: an archive or index without a manifest, or a manifest
   * without an archive. `pending`: a backup that was begun and not completed. `deferred`: one that was to be deleted once its
   * lock had ended.
   */
  readonly kind: 'leftover' | 'orphan' | 'pending' | 'deferred'
  readonly name: string
  readonly size?: number
  /** When it was begun; of a leftover or orphan, when something was last written into it. */
  readonly since?: Date
  /**
   * `found`: it would be dealt with. `removed`; `completed`: a backup that had only its row left to write. `kept` and
   * `failed`: see `reason`.
   */
  readonly outcome: 'found' | 'removed' | 'completed' | 'kept' | 'failed'
  /** Without a full stop: `younger than a day`. */
  readonly reason?: string
}

/** What a thing is, why it has to stay if it does, and how to deal with it if not. */
export interface Clutter extends Omit<CleanupItem, 'outcome' | 'reason'> {
  readonly keptBecause?: string | undefined
  readonly deal: () => Promise<Pick<CleanupItem, 'outcome' | 'reason'>>
}

/** Why something of that age is left alone; `undefined` where it is old enough. What has no age may be young. */
export function youth(since: Date | undefined, now: Date, options: CleanupOptions): string | undefined {
  const { olderThanSeconds = aDay } = options
  if (since === undefined) return olderThanSeconds === 0 ? undefined : 'of unknown age'
  return now.getTime() - since.getTime() >= olderThanSeconds * 1000
    ? undefined
    : `younger than ${duration(olderThanSeconds)}`
}
