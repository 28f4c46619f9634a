import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { ThinnedBackups } from '@bakthat/events'
import type { RotationPlan } from '@bakthat/rotation'
import { placeOf, type DestinationContext } from './context.js'
import type { DeleteOlderThanOptions, ThinOptions, ThinResult } from './thin-contract.js'
import type { Member } from './group.js'
import { inParallel } from './in-parallel.js'
import { problemOf } from './problem.js'
import { removeBackup } from './remove.js'

/** Does what throws `RangeError` for what it cannot use, which here is `INVALID_INPUT`. */
export function checked<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    const { name, message } = error as Error
    if (name !== 'RangeError') throw error
    throw new BakthatError('INVALID_INPUT', message, { hint: 'nothing was removed', cause: error })
  }
}

/**
 * The plan for a group of which the store may have lost some. What is missing counts for nothing, and takes no other's
 * place. It goes where it would go in any case: then it is what a removal left that was stopped half-way.
 */
export function planOver(
  members: readonly Member[],
  plan: (members: readonly Member[]) => RotationPlan<Member>,
): RotationPlan<Member> {
  const { keep, remove } = plan(members)
  const goes = new Set(plan(members.map(asIfThere)).remove.map(({ id }) => id))
  const leftBehind = new Set(members.filter(({ id, uncounted }) => uncounted === 'missing' && goes.has(id)))
  return {
    keep: keep.filter(({ backup }) => !leftBehind.has(backup)),
    remove: [...remove, ...leftBehind].sort((a, b) => b.date.getTime() - a.date.getTime() || b.id - a.id),
  }
}

function asIfThere({ uncounted, ...member }: Member): Member {
  return uncounted === undefined || uncounted === 'missing' ? member : { ...member, uncounted }
}

type RemovingOptions = ThinOptions & Pick<DeleteOlderThanOptions, 'allowEmpty'>

/**
 * Carries a plan out, several backups at a time, oldest first; a dry run stops before the first. Each is removed from the
 * store, and only then from the catalog's listing. What fails is told in the result; the rest is done all the same.
 */
export async function thin(
  context: DestinationContext,
  name: string,
  plan: RotationPlan<Member>,
  options: RemovingOptions,
): Promise<ThinResult> {
  const { dryRun = false } = options
  if (!dryRun) checkCount(plan.remove.length, options)
  return {
    ...untouched(context, name, options),
    keep: plan.keep.map(({ backup, reasons }) => ({ backup: backup.backup, reasons })),
    remove: plan.remove.map(({ backup, paidUntil }) => ({ backup, ...(paidUntil && { paidUntil }) })),
    ...(!dryRun && (await removeAll(context, plan.remove.toReversed(), options))),
  }
}

/** Who is told of it: nobody of a dry run, which does nothing. */
export function listenersOf(
  { events }: DestinationContext,
  { dryRun = false }: ThinOptions,
): Pick<DestinationContext, 'events'> {
  return events === undefined || dryRun ? {} : { events }
}

/** What listeners are told of it. */
export function thinned({ removed, deferred, failed }: ThinResult): ThinnedBackups {
  return { result: removed, deferred, failed }
}

/** The result of doing nothing, with the reason why where there is one. */
export function untouched(
  context: DestinationContext,
  name: string,
  { dryRun = false }: ThinOptions,
  problem?: BakthatError,
): ThinResult {
  const nothing = { keep: [], remove: [], removed: [], deferred: [], failed: [] }
  return { name, ...placeOf(context.backend), dryRun, ...nothing, ...(problem && { problem: problemOf(problem) }) }
}

/** Whether there is no sense in going on with another backup. */
export function stopsEverything(error: BakthatError): boolean {
  return error.code === 'INTERRUPTED' || error.code === 'CATALOG'
}

function checkCount(count: number, { maxRemovals = Infinity }: ThinOptions): void {
  if (count <= maxRemovals) return
  const backups = count === 1 ? '1 backup' : `${count} backups`
  throw new BakthatError('INVALID_INPUT', `${backups} would be removed, where at most ${maxRemovals} may be`, {
    hint: 'nothing was removed; see what would be with --dry-run',
  })
}

type Done = Pick<ThinResult, 'removed' | 'deferred' | 'failed'>

async function removeAll(
  context: DestinationContext,
  members: readonly Member[],
  options: RemovingOptions,
): Promise<Done> {
  const { onProgress, signal } = options
  const bytesTotal = members.reduce((sum, { backup }) => sum + backup.size, 0)
  let bytes = 0
  const outcomes = await inParallel(members, signal, async ({ backup }) => {
    onProgress?.({ phase: 'removing', current: backup.storedFilename, files: 0, bytes, bytesTotal })
    const outcome = await outcomeOf(context, backup, options)
    bytes += backup.size
    return outcome
  })
  const done: { -readonly [Key in keyof Done]: Done[Key][number][] } = { removed: [], deferred: [], failed: [] }
  for (const outcome of outcomes) {
    if ('problem' in outcome) done.failed.push(outcome)
    else done[outcome.deferredUntil === undefined ? 'removed' : 'deferred'].push(outcome)
  }
  return done
}

async function outcomeOf(
  context: DestinationContext,
  backup: BackupRow,
  options: RemovingOptions,
): Promise<Done[keyof Done][number]> {
  try {
    return await removeBackup(context, backup, { ...options, byRule: options.allowEmpty !== true })
  } catch (error) {
    if (!isBakthatError(error) || stopsEverything(error)) throw error
    return { backup, problem: problemOf(error) }
  }
}
