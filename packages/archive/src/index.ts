export type { Bytes, Compression, CompressionFormat } from './types.js'
export type {
  ArchiveWarning,
  LeftOut,
  PackOptions,
  PackProgress,
  PackSummary,
  Packing,
  Survey,
  SurveyOptions,
  WarningCode,
} from './pack/contract.js'
export type {
  ChosenFrames,
  ExtractLimits,
  ExtractOptions,
  ExtractProgress,
  ExtractSummary,
  ArchiveEntry,
  IndexedEntry,
  IndexedFrame,
  InspectOptions,
  InspectSummary,
} from './unpack/contract.js'
export type { Decode, Decoder, Encoded } from './unpack/decoder.js'
export { pack } from './pack/pack.js'
export { survey } from './pack/survey.js'
export { escapePath } from './paths/escape-path.js'
export { createMatcher, type Matcher } from './paths/patterns.js'
export { Choice } from './unpack/choice.js'
export { chooseFrames } from './unpack/chosen-frames.js'
export { extract } from './unpack/extract.js'
export { inspect } from './unpack/inspect.js'
export { readEntry } from './unpack/read-entry.js'
export { readIndex } from './unpack/read-index.js'
export { compress, type CompressOptions } from './stream/compress.js'
export { decompress, type DecompressOptions } from './stream/decompress.js'
export { extractFile, type ExtractFileOptions } from './unpack/extract-file.js'
