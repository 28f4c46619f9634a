import { escapePath } from '../paths/escape-path.js'
import type { Compression } from '../types.js'
import { ArchiveIndex } from './archive-index.js'
import type { ArchiveWarning, PackProgress, PackSummary } from './contract.js'
import type { FinishedFrame } from './frame-queue.js'
import type { RawWarning } from './plan.js'

/** Adds up what the frames tell. */
export class Tally {
  readonly #name: string
  readonly #onProgress: ((progress: PackProgress) => void) | undefined
  readonly #index: ArchiveIndex
  readonly #warnings: ArchiveWarning[] = []
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
    for (const warning of warnings) this.#warnings.push(this.#present(warning))
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
      warnings: this.#warnings,
      index: this.#index.finish(),
    }
  }

  #present({ code, path, message }: RawWarning): ArchiveWarning {
    return { code, path: escapePath(this.#name + path), message, incomplete: code !== 'skipped' }
  }
}
