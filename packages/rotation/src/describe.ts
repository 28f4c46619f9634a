import type { KeepReason } from './contract.js'

/** A reason as a person reads it: `day 2026-03-18 (1)`, `last 2`, `newest`. */
export function describeReason(reason: KeepReason): string {
  switch (reason.rule) {
    case 'last':
      return `last ${reason.place}`
    case 'within':
      return `within ${reason.interval}`
    case 'age':
      return `not older than ${reason.interval}`
    case 'newest':
      return 'newest'
    case 'future':
      return 'dated in the future'
    case 'incomplete':
      return 'under way'
    case 'missing':
      return 'not in the storage'
    case 'leaving':
      return 'to be deleted later'
    case 'locked':
      return 'locked'
    case 'none':
      return 'no rule'
    default:
      return `${reason.rule.slice(0, -1)} ${reason.period} (${reason.place})`
  }
}
