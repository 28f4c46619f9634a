import type { Bytes } from '../types.js'
import { workerCount } from '../workers/worker-count.js'
import { batches } from './batches.js'
import { BufferStock } from './buffer-stock.js'
import { ByteSource } from './byte-source.js'
import type { ExtractLimits, InspectOptions, InspectSummary } from './contract.js'
import { safePath } from './entry-path.js'
import { checkLimits, LimitCheck } from './limits.js'
import { LinkWatch } from './link-watch.js'
import { openArchive } from './open-archive.js'
import { TarReader, type TarSink } from './tar-reader.js'
import { toArchiveEntry, type TarEntry } from './tar-entry.js'
import { readTrailer } from './trailer.js'

/**
 * Reads an archive through to the end of its stream, as {@link extract} would, and makes nothing. Checks the compression's
 * checksums, every header, every path, and the archive's end, and that nothing lies below a symbolic link; but whether hard
 * links stay within it, only `extract` tells.
 *
 * Throws `INVALID_INPUT` for what is no archive, `INTEGRITY` for damage, `UNSAFE_ARCHIVE`, `UNSUPPORTED`, `INTERRUPTED`, and errors of `bytes` as they are.
 */
export async function inspect(bytes: Bytes, options: InspectOptions = {}): Promise<InspectSummary> {
  const { limits = {} } = options
  checkLimits(limits)
  const source = new ByteSource(bytes, options.signal)
  const stock = BufferStock.shared()
  const counter = new Counter(limits, options.onEntry)
  const reader = new TarReader(counter)
  try {
    const maxRatio = limits.maxRatio ?? Infinity
    const archive = await openArchive(source, stock, { workers: workerCount(options.workers), maxRatio })
    for await (const piece of batches(archive, stock)) {
      reader.write(piece)
      stock.give(piece.buffer)
      source.throwIfAborted()
      options.onProgress?.(counter.progress())
    }
    await readTrailer(source)
    reader.end()
  } finally {
    await source.close()
  }
  return { ...counter.progress(), tarSize: reader.size }
}

class Counter implements TarSink {
  readonly #limits: LimitCheck
  readonly #links = new LinkWatch()
  readonly #onEntry: ((entry: ReturnType<typeof toArchiveEntry>) => void) | undefined
  #entries = 0
  #files = 0
  #contentSize = 0

  constructor(limits: ExtractLimits, onEntry: InspectOptions['onEntry']) {
    this.#limits = new LimitCheck(undefined, limits)
    this.#onEntry = onEntry
  }

  progress(): Omit<InspectSummary, 'tarSize'> {
    return { entries: this.#entries, files: this.#files, contentSize: this.#contentSize }
  }

  entry(entry: TarEntry): void {
    this.#links.add(safePath(entry.path), entry.type === 'symlink')
    this.#limits.add(entry)
    this.#entries++
    if (entry.type === 'file' || entry.type === 'hardlink') this.#files++
    this.#contentSize += entry.size
    this.#onEntry?.(toArchiveEntry(entry))
  }

  data(): void {
    // Only counted.
  }

  entryEnd(): void {
    // Only counted.
  }
}
