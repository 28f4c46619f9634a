export type {
  ActionOptions,
  Backup,
  BackupOptions,
  BackupResult,
  Progress,
  RestoreOptions,
  RestoreResult,
  ShowQuery,
  VerifyOptions,
  VerifyResult,
} from './contract.js'
