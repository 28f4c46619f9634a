export { backup } from './backup.js'
export type { DestinationContext, EngineContext } from './context.js'
export type {
  ActionOptions,
  Backup,
  BackupOptions,
  BackupResult,
  Progress,
  RemoveResult,
  RestoreOptions,
  RestoreResult,
  ShowQuery,
  SyncResult,
  VerifyOptions,
  VerifyResult,
} from './contract.js'
export { remove, removeBackup } from './remove.js'
export { resolveBackup } from './resolve.js'
export { restore, restoreFile } from './restore.js'
export { sync } from './sync.js'
export { verify } from './verify.js'
