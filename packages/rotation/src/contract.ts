/** 0 Monday … 6 Sunday. */
export type WeekDay = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** The units that periods are counted in, from the finest. */
export const units = ['hours', 'days', 'weeks', 'months', 'years'] as const

export type Unit = (typeof units)[number]

/** How many of what to keep. Rules add up: a backup stays if any of them wants it. Without a rule everything stays. */
export interface RotationPolicy {
  /** The newest so many, however close together. */
  readonly last?: number
  readonly hours?: number
  readonly days?: number
  readonly weeks?: number
  readonly months?: number
  readonly years?: number
  /** Everything this much older than the newest backup, or less: an interval such as `30D` or `3M2D8h`. */
  readonly within?: string
  /** Default 5, Saturday. */
  readonly firstWeekDay?: WeekDay
  /** The IANA zone whose clock tells hours, days and weeks apart. Default `UTC`. */
  readonly timeZone?: string
  /**
   * `newest` (the default): in each period that holds a backup the newest stays, and periods are counted from the newest
   * backup. `grandfatherson`: the classic algorithm of the Python package of that name: calendar windows that end now,
   * and in each period of them the *oldest* stays.
   */
  readonly algorithm?: 'newest' | 'grandfatherson'
}

/**
 * What is no copy: `incomplete`, an upload under way; `missing`, one that the store no longer holds; `leaving`, one whose
 * removal is decided and waits for a day.
 */
export type Uncounted = 'incomplete' | 'missing' | 'leaving'

/** What the planner needs to know of a backup. All those given are of one group: one name in one place. */
export interface Rotatable {
  /** Breaks ties between equal dates: the greater is the newer. */
  readonly id: number
  readonly date: Date
  /** Why it is no copy to rely on, and none to remove; absent for most. */
  readonly uncounted?: Uncounted
  /** One that the store will not remove now. It counts as a copy, and stays. Default false. */
  readonly locked?: boolean
}

/** Why a backup stays. */
export type KeepReason =
  /** The newest (or, with `grandfatherson`, the oldest) of a period; `place` counts periods from the newest, from 1. */
  | { readonly rule: Unit; readonly period: string; readonly place: number }
  | { readonly rule: 'last'; readonly place: number }
  | { readonly rule: 'within'; readonly interval: string }
  /** Not older than the interval that a deletion by age was asked for. */
  | { readonly rule: 'age'; readonly interval: string }
  /** The last copy is never removed, whatever the policy says. */
  | { readonly rule: 'newest' }
  /** Dated after `now`: it neither counts nor goes. */
  | { readonly rule: 'future' }
  | { readonly rule: Uncounted }
  | { readonly rule: 'locked' }
  /** The policy has no rule. */
  | { readonly rule: 'none' }

export interface Kept<T> {
  readonly backup: T
  /** Never empty. */
  readonly reasons: readonly KeepReason[]
}

/** Every backup given is in exactly one of the two, each newest first. */
export interface RotationPlan<T> {
  readonly keep: readonly Kept<T>[]
  readonly remove: readonly T[]
}
