export type { Bytes, DecryptionKeys, EncryptionKeys } from './types.js'
