import type { StorageBackend } from './backend.js'

/** A talent of backends whose blobs are files of this machine: a backup of a tree that holds them leaves them out. */
export interface LocalDirectory {
  /** The real path of the directory that holds everything the backend stores. */
  readonly localDirectory: string
}

/** The directory of this machine that a backend stores in; `undefined` for one that stores elsewhere. */
export function localDirectory(backend: StorageBackend | (StorageBackend & LocalDirectory)): string | undefined {
  return 'localDirectory' in backend ? backend.localDirectory : undefined
}
