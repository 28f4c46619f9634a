import type { StorageBackend } from '@bakthat/storage'

/** One container of its own, empty, for one test. */
export interface Fixture {
  readonly backend: StorageBackend
  /** Another backend on the same container, opened as another process would open it. */
  reopen(): Promise<StorageBackend>
  /**
   * Makes every retrieval and listing that was asked for so far ready. A backend that declares one of them deferred needs
   * it; the suite never waits for hours.
   */
  thaw?(): Promise<void>
  /** Makes everything that was thawed so far cold again. A backend whose thawed copies stay for a time needs it. */
  lapse?(): Promise<void>
  /**
   * Makes what was stored and removed so far show in listings that are asked for from now on. A backend whose listings are
   * of an earlier moment (`asOf`) needs it.
   */
  takeInventory?(): Promise<void>
  /** What the container holds beside whole blobs, by any name: partial files, unfinished uploads. Empty where nothing is. */
  leftovers(): Promise<readonly string[]>
  /** Removes the container and closes what was opened. Called after every test, whatever it came to. */
  dispose(): Promise<void>
}

/** What is held to the contract. */
export interface Subject {
  create(): Promise<Fixture>
  /** How long an aborted call may take before the suite gives it up. Default 10. */
  readonly patienceSeconds?: number
}

/** What the suite needs of a test runner: Jest, Vitest and `node:test` have it. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
}
