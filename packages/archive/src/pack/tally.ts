import { escapePath } from '../paths/escape-path.js'
import type { Compression } from '../types.js'
import { ArchiveIndex } from './archive-index.js'
import { WarningList } from '../warnings/warning-list.js'
import type { PackProgress, PackSummary } from './contract.js'
import type { FinishedFrame } from './frame-queue.js'

/** Adds up what the frames tell. */
export class Tally {
  readonly #name: string
  readonly #onProgress: ((progress: PackProgress) => void) | undefined
  readonly #index: ArchiveIndex
  readonly #warnings = new WarningList()
  #entries = 0
  #files = 0
  #bytesRead = 0
  #tarSize = 0
  #current = ''

  constructor(name: string, compression: Compression, onProgress: ((progress: PackProgress) => void) | undefined) {
    this.#name = name
    this.#index = new ArchiveIndex(compression.format)
    this.#onProgress = onProgress
  }

  add({ filled, warnings, bytesFound, last }: FinishedFrame): void {
    this.#entries += filled.entries
    this.#files += filled.files
    this.#bytesRead += filled.bytesRead
    this.#tarSize += filled.tarSize
    this.#current = filled.current ?? this.#current
    this.#index.add(filled)
    for (const { code, path, message } of warnings)
      this.#warnings.add(code, this.#name + path, message, code !== 'skipped')
    this.#onProgress?.({
      files: this.#files,
      bytesRead: this.#bytesRead,
      bytesFound,
      walked: last,
      current: escapePath(this.#name + this.#current),
    })
  }

  summary(): PackSummary {
    return {
      entries: this.#entries,
      files: this.#files,
      bytesRead: this.#bytesRead,
      tarSize: this.#tarSize,
      warnings: this.#warnings.all(),
      index: this.#index.finish(),
    }
  }
}
