import type { KeepReason, Rotatable, RotationPlan } from './contract.js'

/** The backups of one group, newest first, each with the reasons found so far to keep it. */
export class Reasons<T extends Rotatable> {
  /** Those that rules may choose from: whole, in the store, and not dated in the future. Newest first. */
  readonly counted: readonly T[]
  readonly #found: ReadonlyMap<T, KeepReason[]>

  /** Throws `RangeError` for a date that is none. */
  constructor(backups: readonly T[], now: Date) {
    if ([now, ...backups.map(({ date }) => date)].some((date) => Number.isNaN(date.getTime())))
      throw new RangeError('a date is not valid')
    const newestFirst = [...backups].sort((a, b) => b.date.getTime() - a.date.getTime() || b.id - a.id)
    this.#found = new Map(newestFirst.map((backup) => [backup, unconditional(backup, now)]))
    this.counted = newestFirst.filter((backup) => isCounted(backup, now))
  }

  add(backup: T, reason: KeepReason): void {
    this.#found.get(backup)!.push(reason)
  }

  /** What has a reason stays, and the rest goes. */
  plan(): RotationPlan<T> {
    const all = [...this.#found]
    return {
      keep: all.filter(([, why]) => why.length > 0).map(([backup, reasons]) => ({ backup, reasons })),
      remove: all.filter(([, why]) => why.length === 0).map(([backup]) => backup),
    }
  }
}

/** Why a backup stays whatever the rules say. */
function unconditional(backup: Rotatable, now: Date): KeepReason[] {
  if (backup.uncounted !== undefined) return [{ rule: backup.uncounted }]
  if (backup.date.getTime() > now.getTime()) return [{ rule: 'future' }]
  return backup.locked === true ? [{ rule: 'locked' }] : []
}

function isCounted(backup: Rotatable, now: Date): boolean {
  return backup.uncounted === undefined && backup.date.getTime() <= now.getTime()
}
