import type { CallOptions, StorageBackend } from './backend.js'

/** One thing that was found out about a store, for people. Sentences without a full stop. */
export interface Finding {
  /** What was looked at: `conditional writes`. */
  readonly subject: string
  /** `good`: as it should be. `note`: worth knowing. `problem`: something will not work, or is not safe. */
  readonly verdict: 'good' | 'note' | 'problem'
  /** What was found: `ignored by the server`. */
  readonly found: string
  /** What Bakthat does about it, or what the person should do. */
  readonly consequence: string
}

export interface DiagnoseOptions extends CallOptions {
  /** A prefix of blob names, such as `bakthat-doctor-…/`, that nothing else uses: everything written lies under it. */
  readonly scratch: string
}

/** A talent of backends that can find out what their server honours. */
export interface Diagnosis {
  /**
   * Tries things out, under the scratch prefix only, and removes what it wrote. What the credentials may not do is a
   * finding; the call itself rejects only with `INTERRUPTED`.
   */
  diagnose(options: DiagnoseOptions): AsyncIterable<Finding>
}

/** The backend's talent for finding out; `undefined` where there is nothing to find out. */
export function diagnosis(backend: StorageBackend | (StorageBackend & Diagnosis)): Diagnosis | undefined {
  return 'diagnose' in backend ? backend : undefined
}
