export type {
  BackupQuery,
  BackupRow,
  BackupStatus,
  Catalog,
  Completion,
  Json,
  NewBackup,
  OpenCatalogOptions,
} from './contract.js'
export { openCatalog } from './open-catalog.js'
