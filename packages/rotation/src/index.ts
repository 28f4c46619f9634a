export {
  units,
  type Kept,
  type KeepReason,
  type Rotatable,
  type RotationPlan,
  type RotationPolicy,
  type Uncounted,
  type Unit,
  type WeekDay,
} from './contract.js'
export { planDeletionOlderThan } from './deletion.js'
export { describeReason } from './describe.js'
export { parseInterval } from './interval.js'
export { planRotation } from './plan.js'
export { checkPolicy, hasRule } from './policy.js'
export { simulateRotation, type Simulation, type SimulationOptions } from './simulation.js'
export { isFromTheFuture } from './future.js'
