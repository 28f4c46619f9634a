export { backup, ls, remove, restore, restoreFile, show, sync, verify } from './actions.js'
export type {
  Bakthat,
  BackupOptions,
  OpenOptions,
  Password,
  RemoveOptions,
  RestoreOptions,
  ShowOptions,
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
  Progress,
  RemoveResult,
  RestoreResult,
  SyncResult,
  VerifyResult,
} from '@bakthat/core'
