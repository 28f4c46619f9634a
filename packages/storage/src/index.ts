export type { Bytes } from './bytes.js'
export type {
  Availability,
  BlobInfo,
  CallOptions,
  Capabilities,
  ListOptions,
  Locator,
  PutOptions,
  RetrieveOptions,
  StorageBackend,
  Ticket,
} from './backend.js'
export type { BackendDefinition, BackendSettings } from './definition.js'
