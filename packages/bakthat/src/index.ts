export {
  backup,
  deleteOlderThan,
  ls,
  remove,
  restore,
  restoreFile,
  rotate,
  rotateAll,
  rotateBackups,
  show,
  sync,
  verify,
} from './actions.js'
export type {
  Bakthat,
  BackupOptions,
  DeleteOlderThanOptions,
  OpenOptions,
  Password,
  RemoveOptions,
  RestoreOptions,
  RotateOptions,
  ShowOptions,
  SimulateOptions,
  SyncOptions,
  VerifyOptions,
} from './contract.js'
export { events } from './events.js'
export { open } from './open.js'
export type { Conf, Settings } from '@bakthat/config'
export { AbortAction, type Action, type EventMap, type EventName, type Events, type Log } from '@bakthat/events'
export type {
  ActionOptions,
  Backup,
  BackupResult,
  DeleteOlderThanResult,
  PlannedRemoval,
  Progress,
  RemoveResult,
  RestoreResult,
  RotateResult,
  SimulateResult,
  SyncResult,
  ThinResult,
  VerifyResult,
} from '@bakthat/core'
