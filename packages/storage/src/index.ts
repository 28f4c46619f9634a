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
  StatOptions,
  StorageBackend,
  Ticket,
} from './backend.js'
export type { BackendDefinition, BackendSettings } from './definition.js'
export { blobNameLimits, checkBlobName, compareNames, locatorOfName, nameOfLocator } from './names.js'
export { interruptible, throwIfAborted } from './interruption.js'
export { collect, single } from './collect.js'
export { waitUntilReady, type Pending, type Ready, type WaitOptions } from './waiting.js'
export { localDirectory, type LocalDirectory } from './local-directory.js'
