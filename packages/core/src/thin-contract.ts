import type { KeepReason, RotationPolicy, Simulation } from '@bakthat/rotation'
import type { Backup, Problem, RemoveOptions, RemoveResult } from './contract.js'

export interface ThinOptions extends RemoveOptions {
  /** Plans only: nothing is removed. */
  readonly dryRun?: boolean
  /** `INVALID_INPUT`, and nothing is removed, where the plan would remove more. Not asked of a dry run. */
  readonly maxRemovals?: number
}

export interface RotateOptions extends ThinOptions {
  /** One without a rule is `INVALID_INPUT`: it would keep everything, and is more likely a mistake. */
  readonly policy: RotationPolicy
}

export interface DeleteOlderThanOptions extends ThinOptions {
  /** Whether the newest complete backup goes too, if it is old enough. */
  readonly allowEmpty?: boolean
}

/** A backup that a plan removes. */
export interface PlannedRemoval {
  readonly backup: Backup
  /** Until when the store has it paid for, though it be removed now; absent where that day has passed or there is no such rule. */
  readonly paidUntil?: Date
}

/** What became of the backups of one name in one place: the plan, and what was done of it. */
export interface ThinResult {
  readonly name: string
  readonly backend: string
  readonly container: string
  /** Whether this is the plan alone. */
  readonly dryRun: boolean
  /** Why there is not even a plan, where several names are rotated and the others were. */
  readonly problem?: Problem
  /** The plan: every backup is in one of the two, each newest first. */
  readonly keep: readonly { readonly backup: Backup; readonly reasons: readonly KeepReason[] }[]
  readonly remove: readonly PlannedRemoval[]
  /** Of those to be removed: the ones that are gone. */
  readonly removed: readonly RemoveResult[]
  /** The ones that the store keeps until a day that has not come, or that stay until they are free: it is remembered that they are to go then. */
  readonly deferred: readonly RemoveResult[]
  /** The ones that could not be removed, or not whole. The same call again tries them again. */
  readonly failed: readonly { readonly backup: Backup; readonly problem: Problem }[]
}

export interface RotateResult extends ThinResult {
  readonly policy: RotationPolicy
}

export interface DeleteOlderThanResult extends ThinResult {
  readonly interval: string
}

export interface SimulateOptions {
  /** For how long backups are made, up to now: an interval such as `2Y`. */
  readonly span: string
  /** How far they are apart. Default `1D`. */
  readonly every?: string
}

/** How the number of backups grows under a policy, and which ones are there at the end. */
export interface SimulateResult extends Simulation {
  readonly policy: RotationPolicy
  readonly span: string
  readonly every: string
}
