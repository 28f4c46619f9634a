export type { Bytes, Compression, CompressionFormat } from './types.js'
export type { ArchiveWarning, PackOptions, PackProgress, PackSummary, Packing, WarningCode } from './pack/contract.js'
export type { ExtractLimits, ExtractOptions, ExtractSummary, ArchiveEntry, InspectSummary } from './unpack/contract.js'
