/** A stream of bytes, read once; each chunk belongs to the reader once handed over. */
export type Bytes = AsyncIterable<Uint8Array>

/** To whom a file is encrypted: age recipients, or a passphrase, never both (the age format forbids it). */
export type EncryptionKeys =
  | {
      /** `age1…` strings, all X25519 or all post-quantum (`age1pq1…`). */
      readonly recipients: readonly string[]
    }
  | {
      readonly passphrase: string
      /** scrypt's log2 N, 1 to 22. Default 18: 256 MiB and about a second for every file. */
      readonly workFactor?: number
    }

/** What may open a file. Empty lists are fine: the error then says what is missing. */
export interface DecryptionKeys {
  /** `AGE-SECRET-KEY-1…` and `AGE-SECRET-KEY-PQ-1…` lines. */
  readonly identities?: readonly string[]
  /** Asked only when the header wants a passphrase. `undefined` means that nobody can be asked. */
  readonly passphrase?: () => Promise<string | undefined>
  /** The largest scrypt log2 N that is tried, 1 to 22, so that a hostile header cannot take all memory. Default 20. */
  readonly maxWorkFactor?: number
}
