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
export { open } from './open.js'
export type { Conf, Settings } from '@bakthat/config'
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
