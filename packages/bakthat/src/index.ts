export {
  backup,
  cleanup,
  create,
  deleteOlderThan,
  jobs,
  ls,
  policy,
  remove,
  restore,
  restoreFile,
  rotate,
  rotateAll,
  rotateBackups,
  share,
  show,
  sync,
  verify,
} from './actions.js'
export type {
  Bakthat,
  BackupOptions,
  CleanupOptions,
  CreateOptions,
  DeleteOlderThanOptions,
  OpenOptions,
  Password,
  ReadOptions,
  RemoveOptions,
  RestoreOptions,
  RotateOptions,
  ShareOptions,
  ShowOptions,
  SimulateOptions,
  SyncOptions,
  VerifyOptions,
} from './contract.js'
export { outputOf, type CommandOptions } from './command-output.js'
export { events } from './events.js'
export { open } from './open.js'
export type { PluginState } from './plugins/contract.js'
export type { Conf, Settings } from '@bakthat/config'
export { AbortAction, type Action, type EventMap, type EventName, type Events, type Log } from '@bakthat/events'
export type {
  ActionOptions,
  Backup,
  BackupResult,
  ByteStream,
  CleanupItem,
  DeleteOlderThanResult,
  Discrepancy,
  Job,
  JobState,
  PlannedRemoval,
  Problem,
  Progress,
  RemoveResult,
  RestoreResult,
  RotateResult,
  ShareResult,
  SimulateResult,
  SyncResult,
  ThawOptions,
  ThinResult,
  VerifyResult,
} from '@bakthat/core'
export { roles, type ContainerMade, type Role } from '@bakthat/storage'
