import { BakthatError, messageOf } from '@bakthat/errors'
import type { AbortAction } from './abort-action.js'
import type { EventName } from './event-map.js'

/** What an action rejects with that a handler did not let happen. */
export function refusal(name: EventName, owner: string | undefined, abort: AbortAction): BakthatError {
  const action = name.replace('before_', '').replaceAll('_', ' ')
  return new BakthatError('REFUSED', `${whose(owner)} stopped the ${action}: ${abort.message}`, {
    ...(owner !== undefined && { hint: 'mend what it names, or leave the plugins out with --no-plugins' }),
    cause: abort,
  })
}

/** What is logged of a handler that failed. */
export function failureText(name: EventName, owner: string | undefined, error: unknown): string {
  return `${whose(owner)} failed in ${name}: ${messageOf(error)}`
}

function whose(owner: string | undefined): string {
  return owner === undefined ? 'a handler' : `the plugin ${owner}`
}
