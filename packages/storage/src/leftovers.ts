import type { CallOptions, StorageBackend } from './backend.js'

/** What a `put` left that was killed: no blob, but it takes space. */
export interface Leftover {
  /** What `removeLeftover` is to be given. Opaque, as durable as the leftover. */
  readonly id: string
  /** For people: the name that was being stored, where that can be told. */
  readonly name: string
  /** For people: `unfinished upload`. */
  readonly kind: string
  /** When something was last written into it, where the store tells. When it was begun is something else: a `put` may take days. */
  readonly writtenAt?: Date
  /** Bytes, where the store tells. */
  readonly size?: number
}

/** A talent of backends that can be left with something that `list` does not show. */
export interface Leftovers {
  /** Everything that lies there, also what belongs to a `put` under way: `writtenAt` is for telling them apart. */
  leftovers(options?: CallOptions): AsyncIterable<Leftover>
  /** Removes one. Removing one that is not there is a success. */
  removeLeftover(id: string, options?: CallOptions): Promise<void>
}

/** The backend's talent for clearing up; `undefined` where it leaves nothing. */
export function leftovers(backend: StorageBackend | (StorageBackend & Leftovers)): Leftovers | undefined {
  return 'leftovers' in backend ? backend : undefined
}
