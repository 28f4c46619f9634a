import { BakthatError, isBakthatError } from '@bakthat/errors'
import { checkPolicy, hasRule, planRotation, type RotationPolicy } from '@bakthat/rotation'
import { placeOf, type DestinationContext } from './context.js'
import type { RotateOptions, RotateResult } from './thin-contract.js'
import { groupOf, namesIn } from './group.js'
import { announced, begun } from './announce.js'
import { checked, listenersOf, planOver, stopsEverything, thin, thinned, untouched } from './thin.js'

/**
 * Removes the backups of exactly that name in this destination that the policy does not keep, by the rules of
 * `@bakthat/rotation`. The newest complete backup that the store holds always stays, and so does what is under way, locked
 * or dated in the future. The plan is made once, and then carried out: what is backed up meanwhile is not touched.
 * Idempotent; where a removal failed, or was interrupted, the same call again goes on.
 *
 * `NOT_FOUND` for a name that has no backups here, `INVALID_INPUT` for a policy without a rule or one that is malformed,
 * `UNAVAILABLE` where the store has none of the backups that the catalog knows.
 */
export async function rotate(context: DestinationContext, name: string, options: RotateOptions): Promise<RotateResult> {
  const { policy } = options
  await requirePolicy(context, name, options)
  return announced(
    listenersOf(context, options),
    {
      action: 'rotate_backups',
      name,
      before: (session) => ({ ...session, ...placeOf(context.backend), name }),
      after: (session, outcome) => ({ ...session, ...thinned(outcome) }),
    },
    options,
    async (announcing) => {
      const members = await groupOf(context, name, announcing)
      const plan = planOver(members, (all) => planRotation(all, policy, context.now()))
      return { policy, ...(await thin(context, name, plan, announcing)) }
    },
  )
}

/**
 * Rotates every name that has complete backups in this destination, one after the other, each as {@link rotate} does. What
 * keeps one name from being rotated is told in its result.
 */
export async function rotateAll(context: DestinationContext, options: RotateOptions): Promise<readonly RotateResult[]> {
  await requirePolicy(context, undefined, options)
  const results: RotateResult[] = []
  for (const name of namesIn(context)) {
    try {
      results.push(await rotate(context, name, options))
    } catch (error) {
      if (!isBakthatError(error) || stopsEverything(error)) throw error
      results.push({ policy: options.policy, ...untouched(context, name, options, error) })
    }
  }
  return results
}

function requirePolicy(context: DestinationContext, name: string | undefined, options: RotateOptions): Promise<void> {
  return begun(listenersOf(context, options), { action: 'rotate_backups', name }, () =>
    checked(() => {
      checkPolicy(options.policy)
      requireRule(options.policy)
    }),
  )
}

/** A policy without a rule would keep everything, and is more likely a mistake. */
export function requireRule(policy: RotationPolicy): void {
  if (hasRule(policy)) return
  throw new BakthatError('INVALID_INPUT', 'the rotation has no rule, so nothing says what to keep', {
    hint: 'give one, such as --days 7, or set a rotation in the profile: bakthat configure-rotation',
  })
}
