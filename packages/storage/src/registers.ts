import type { CallOptions, StorageBackend } from './backend.js'

export interface Registered {
  readonly bytes: Uint8Array
  /** Stands for these bytes: opaque, printable, of at most 1,024 characters. */
  readonly etag: string
}

export interface ReplaceOptions extends CallOptions {
  /**
   * Only if the name stands for what this etag stands for; `null`: only if it stands for nothing. Otherwise the call rejects
   * with `ALREADY_EXISTS` and changes nothing. Default: whatever is there, the last one wins.
   */
  readonly ifMatch?: string | null
}

/**
 * The register in a bucket that tells which archive of a vault holds which backup. The Python tool gave it this name, beside those
 * of values that people keep.
 */
export const inventoryName = 'bakthat_glacier_inventory'

/**
 * A talent of backends whose blobs can be replaced, which those of backups never are: a name as a register of one value of
 * up to some hundred MiB. Names, listing and failures are as the contract of {@link StorageBackend} has them; a register is a
 * blob like others to `list`, `stat` and `retrieve`.
 *
 * All calls on one name are atomic, from any number of processes and hosts: a reader gets one whole value that was written,
 * and of several calls with the same `ifMatch` at most one succeeds.
 */
export interface Registers {
  /** What the name stands for now; `NOT_FOUND` where that is nothing, and never for a container that somebody has to make. */
  read(name: string, options?: CallOptions): Promise<Registered>
  /** Lets the name stand for these bytes, durable when it resolves. */
  write(name: string, bytes: Uint8Array, options?: ReplaceOptions): Promise<{ readonly etag: string }>
  /** Lets the name stand for nothing. Where it does already that is a success, unless an etag was to match. */
  erase(name: string, options?: ReplaceOptions): Promise<void>
}

/** The backend's talent for registers; `undefined` where it has none. */
export function registers(backend: StorageBackend | (StorageBackend & Registers)): Registers | undefined {
  return 'write' in backend ? backend : undefined
}
