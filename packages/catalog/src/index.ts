export type {
  ArchiveEntry,
  BackupQuery,
  BackupRow,
  BackupStatus,
  Catalog,
  Claim,
  Completion,
  Inventory,
  Json,
  NewBackup,
  NewRetrieval,
  OpenCatalogOptions,
  Retrieval,
  Retrievals,
} from './contract.js'
export { openCatalog } from './open-catalog.js'
