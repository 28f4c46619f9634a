export type { DeleteOptions, GetOptions, Json, KeyOptions, KeyValueOptions, SetOptions, Versioned } from './contract.js'
export { KeyValue } from './key-value.js'
export type { Conf } from '@bakthat/config'
