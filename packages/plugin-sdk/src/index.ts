export { defineBackend, type BackendPlan } from './backend.js'
export type { Catalog, CatalogMethods, CatalogQuery, CatalogReader, MakeCatalogMethods, SqlValue } from './catalog.js'
export {
  defineCommand,
  type Argument,
  type CommandOutcome,
  type Given,
  type Option,
  type OptionKind,
  type OptionTable,
  type PluginCommand,
  type Words,
} from './command.js'
export type { CompressionFormat, CreateCompressor, FrameCompressor } from './compression.js'
export { Plugin, sdkVersionOf, type Additions, type Compressions, type PluginClass, type PluginHost } from './plugin.js'
export { sendRequest } from './http.js'
export { settingKinds, type ReadBy, type SettingKind } from './setting-kinds.js'
export { readSettings, settingGroup, type SettingsBy, type SettingTable } from './settings.js'
export { readVersion as sdkVersion } from './version.js'

export { BakthatError, isBakthatError, type ErrorCode } from '@bakthat/errors'
export {
  AbortAction,
  eventNames,
  type Action,
  type BackupData,
  type DeletedBackup,
  type EventMap,
  type EventName,
  type Events,
  type FinishedBackup,
  type Handler,
  type HandlerOptions,
  type Json,
  type Log,
  type ThinnedBackups,
} from '@bakthat/events'
export {
  checkBlobName,
  collect,
  compareNames,
  idOfLocator,
  interruptible,
  locatorOfName,
  nameOfLocator,
  single,
  throwIfAborted,
  withAttempts,
  type AttemptOptions,
  type Availability,
  type BackendDefinition,
  type BackendSettings,
  type BlobInfo,
  type BlobRecord,
  type ByHand,
  type Bytes,
  type CallOptions,
  type Capabilities,
  type ContainerMade,
  type DiagnoseOptions,
  type Diagnosis,
  type Finding,
  type Leftover,
  type Leftovers,
  type LinkMethod,
  type LinkOptions,
  type Listing,
  type ListOptions,
  type LocalDirectory,
  type Locator,
  type Pause,
  type PutOptions,
  type Registered,
  type Registers,
  type ReplaceOptions,
  type RetrievalTier,
  type RetrieveOptions,
  type Role,
  type SignedLink,
  type SignedLinks,
  type StatOptions,
  type StorageBackend,
  type Ticket,
} from '@bakthat/storage'
