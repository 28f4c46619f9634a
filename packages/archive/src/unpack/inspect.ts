import type { Bytes } from '../types.js'
import type { ArchiveEntry, ExtractLimits, InspectSummary } from './contract.js'
import { ArchiveSource } from './archive-source.js'
import { safePath } from './entry-path.js'
import { readArchive } from './read-archive.js'
import type { TarSink } from './tar-reader.js'

export interface InspectOptions {
  readonly limits?: ExtractLimits
  readonly workers?: number
  readonly signal?: AbortSignal
  /** Told of every entry, in the order of the archive. */
  readonly onEntry?: (entry: ArchiveEntry) => void
}

/**
 * Reads an archive through to the end of its stream as {@link extract} would, and makes nothing. Throws as `extract` does for
 * the archive's own faults, but for those that show only as entries meet in a target: links to what is not there, and entries
 * that replace others.
 */
export async function inspect(bytes: Bytes, options: InspectOptions = {}): Promise<InspectSummary> {
  const counter = new Counter(options.onEntry)
  const reader = await readArchive(new ArchiveSource(bytes, options.signal), counter, {
    limits: { maxRatio: Infinity, ...options.limits },
    workers: options.workers,
  })
  const { entries, files, contentSize } = counter
  return { entries, files, contentSize, tarSize: reader.size }
}

class Counter implements TarSink {
  entries = 0
  files = 0
  contentSize = 0
  readonly #onEntry: ((entry: ArchiveEntry) => void) | undefined

  constructor(onEntry: ((entry: ArchiveEntry) => void) | undefined) {
    this.#onEntry = onEntry
  }

  entry(entry: ArchiveEntry): void {
    this.entries++
    if (entry.type === 'file' || entry.type === 'hardlink') this.files++
    this.contentSize += entry.size
    const path = safePath(entry.path)
    this.#onEntry?.({ ...entry, path })
  }

  data(): void {
    // Nothing is made of it.
  }

  entryEnd(): void {
    // Nothing is made of it.
  }
}
