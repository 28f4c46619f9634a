import { WorkerPool } from '../workers/worker-pool.js'
import type { StockBytes } from './buffer-stock.js'
import type { ExtractSummary } from './contract.js'
import { Extraction, type ExtractionSettings, type ExtractionState } from './extraction.js'

export type ExtractionRequest =
  | { readonly kind: 'write'; readonly bytes: StockBytes }
  | { readonly kind: 'finish'; readonly hasTrailer: boolean }
  | { readonly kind: 'commit' }
  | { readonly kind: 'discard' }

/** An extraction, wherever it runs. The bytes that it is given are its own until it answers. */
export interface ExtractionRunner {
  write(bytes: StockBytes): Promise<ExtractionState>
  /** Gives the number of entries. */
  finish(hasTrailer: boolean): Promise<number>
  commit(): Promise<ExtractSummary>
  /** Removes what was made, if there is anything. */
  discard(): Promise<void>
}

/** In this thread: for what is done sooner than a thread is started. */
export function runHere(settings: ExtractionSettings): ExtractionRunner {
  const extraction = new Extraction(settings)
  return {
    write: (bytes) => settled(() => extraction.write(bytes)),
    finish: (hasTrailer) => settled(() => extraction.finish(hasTrailer)),
    commit: () => settled(() => extraction.commit()),
    discard: () => settled(() => extraction.discard()),
  }
}

/** A table of the directories and links of millions of entries takes that much. */
const maxHeapMegabytes = 4096

/** In a thread of its own, so that files are written while the next ones are decompressed, and this thread never waits for a disk. */
export function runInThread(settings: ExtractionSettings): ExtractionRunner {
  const pool = new WorkerPool<ExtractionRequest, unknown>(new URL('./extract-worker.js', import.meta.url), {
    size: 1,
    data: settings,
    maxHeapMegabytes,
  })
  pool.start()
  return {
    write: (bytes) => pool.run({ kind: 'write', bytes }) as Promise<ExtractionState>,
    finish: (hasTrailer) => pool.run({ kind: 'finish', hasTrailer }) as Promise<number>,
    commit: async () => {
      const summary = (await pool.run({ kind: 'commit' })) as ExtractSummary
      await pool.close()
      return summary
    },
    discard: async () => {
      // A thread that failed has removed what it made, and cannot be asked again.
      await pool.run({ kind: 'discard' }).catch(() => undefined)
      await pool.close()
    },
  }
}

function settled<Result>(act: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(act())
  })
}
