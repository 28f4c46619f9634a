import { simulateRotation } from '@bakthat/rotation'
import type { EngineContext } from './context.js'
import type { RotateOptions, SimulateOptions, SimulateResult } from './thin-contract.js'
import { requireRule } from './rotate.js'
import { checked } from './thin.js'

/**
 * What a policy would have kept by now of backups that nobody made: pure reckoning, nothing is read or touched.
 * `INVALID_INPUT` for a policy without a rule, a malformed interval, more than 50,000 backups, or too many that stay.
 */
export function simulate(
  { now }: Pick<EngineContext, 'now'>,
  { policy, span, every = '1D' }: Pick<RotateOptions, 'policy'> & SimulateOptions,
): SimulateResult {
  return checked(() => {
    requireRule(policy)
    return { policy, span, every, ...simulateRotation(policy, { until: now(), span, every }) }
  })
}
