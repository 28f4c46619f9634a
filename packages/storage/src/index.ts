export type { Bytes } from './bytes.js'
export { piecesOf, rangeWithin, type ByteRange } from './byte-range.js'
export type {
  Availability,
  BlobInfo,
  BlobRecord,
  CallOptions,
  Capabilities,
  Listing,
  ListOptions,
  Locator,
  PutOptions,
  RetrievalTier,
  RetrieveOptions,
  StatOptions,
  StorageBackend,
  Ticket,
} from './backend.js'
export { byHand, type ByHand } from './by-hand.js'
export { roles, type BackendDefinition, type BackendSettings, type ContainerMade, type Role } from './definition.js'
export { diagnosis, type DiagnoseOptions, type Diagnosis, type Finding } from './diagnosis.js'
export { leftovers, type Leftover, type Leftovers } from './leftovers.js'
export { inventoryName, registers, type Registered, type Registers, type ReplaceOptions } from './registers.js'
export { signedLinks, type LinkMethod, type LinkOptions, type SignedLink, type SignedLinks } from './signed-links.js'
export {
  blobNameLimits,
  checkBlobName,
  compareNames,
  idOfLocator,
  isBlobName,
  locatorOfName,
  nameOfLocator,
} from './names.js'
export { eitherOf, interruptible, throwIfAborted, unlessAborted } from './interruption.js'
export { defaultAttempts, withAttempts, type AttemptOptions } from './attempts.js'
export { networkFailures, type Meaning } from './network-failures.js'
export { Opening } from './opening.js'
export { pauseFor, type Pause } from './pause.js'
export { daysAfter } from './days-after.js'
export { collect, single } from './collect.js'
export { readAhead, type ReadAhead } from './read-ahead.js'
export { BlockStock, gatherParts, type GatheredPart, type PartGathering } from './part-gathering.js'
export { sendInParts, type MultipartControl, type MultipartRequests } from './multipart.js'
export { waitUntilReady, type Pending, type Ready, type WaitOptions } from './waiting.js'
export { localDirectory, type LocalDirectory } from './local-directory.js'
