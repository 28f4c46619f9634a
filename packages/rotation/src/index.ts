export {
  units,
  type Kept,
  type KeepReason,
  type Rotatable,
  type RotationPlan,
  type RotationPolicy,
  type Unit,
  type WeekDay,
} from './contract.js'
export { describeReason } from './describe.js'
export { parseInterval } from './interval.js'
export { planRotation } from './plan.js'
export { checkPolicy } from './policy.js'
