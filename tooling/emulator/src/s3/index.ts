export { day, hour, minute, second, settableClock, type Clock } from '../clock.js'
export { testCredential, type Credential } from '../credentials.js'
export {
  expiredToken,
  internalError,
  slowDown,
  type Damage,
  type Fault,
  type Faults,
  type Occasion,
} from '../faults.js'
export type { Logged } from '../http/exchange.js'
export type { Policy, Statement } from './access/policy.js'
export { startS3, type BucketOptions, type S3Options, type S3Server } from './start.js'
export type { S3Credential, S3Features, S3Limits } from './state.js'
