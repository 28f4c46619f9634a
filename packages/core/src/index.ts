export { begun } from './announce.js'
export { backup } from './backup.js'
export type { CleanupItem, CleanupOptions } from './clutter.js'
export { cleanup } from './cleanup.js'
export { cancelRemoval } from './deferral.js'
export { deleteOlderThan } from './delete-older-than.js'
export type { DestinationContext, EngineContext } from './context.js'
export type {
  ActionOptions,
  Backup,
  BackupEntry,
  BackupOptions,
  BackupResult,
  ByteStream,
  Difference,
  DiffOptions,
  DiffResult,
  Discrepancy,
  EntriesOptions,
  FindOptions,
  FindResult,
  FoundEntry,
  Job,
  JobState,
  MigrateOptions,
  MigrateResult,
  Problem,
  Progress,
  ReadOptions,
  RemoveOptions,
  RemoveResult,
  RestoreOptions,
  RestoreResult,
  ShowQuery,
  SurveyOptions,
  SurveyResult,
  SyncResult,
  ThawOptions,
  Unsearched,
  VerifyOptions,
  VerifyResult,
} from './contract.js'
export { diff } from './diff.js'
export { refuseEmptied } from './emptied.js'
export { entries } from './entries.js'
export { find } from './find.js'
export { listBlobs } from './inventory.js'
export { jobs } from './jobs.js'
export { migrate } from './migrate.js'
export { read } from './read.js'
export { recoveryByHand, type RecoveryByHand, type RecoveryExample } from './recovery.js'
export { remove, removeBackup } from './remove.js'
export { resolveBackup } from './resolve.js'
export { restore, restoreFile } from './restore.js'
export { rotate, rotateAll } from './rotate.js'
export { share, type ShareOptions, type ShareResult } from './share.js'
export { simulate } from './simulate.js'
export { survey } from './survey.js'
export { sync } from './sync.js'
export { verify } from './verify.js'
export type {
  DeleteOlderThanOptions,
  DeleteOlderThanResult,
  PlannedRemoval,
  RotateOptions,
  RotateResult,
  SimulateOptions,
  SimulateResult,
  ThinOptions,
  ThinResult,
} from './thin-contract.js'
export type { ArchiveWarning, Compression, ExtractLimits, LeftOut } from '@bakthat/archive'
export type { KeepReason, RotationPolicy } from '@bakthat/rotation'
