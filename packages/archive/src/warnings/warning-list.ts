import type { ArchiveWarning } from '../pack/contract.js'
import { escapePath } from '../paths/escape-path.js'

/** More are counted, not kept: neither a hostile archive nor a tree that nobody may read must fill the memory with them. */
const mostWarnings = 10_000

/** Collects what people should know of what was packed or restored, and succeeded. */
export class WarningList {
  readonly #warnings: ArchiveWarning[] = []
  #more = 0
  #moreIncomplete = false

  /** `path` is a byte string. */
  add(code: ArchiveWarning['code'], path: string, message: string, incomplete: boolean): void {
    if (this.#warnings.length < mostWarnings) {
      this.#warnings.push({ code, path: escapePath(path), message, incomplete })
      return
    }
    this.#more++
    this.#moreIncomplete ||= incomplete
  }

  all(): ArchiveWarning[] {
    if (this.#more === 0) return this.#warnings
    const message = `and ${this.#more} more warnings`
    return [...this.#warnings, { code: 'skipped', path: '', message, incomplete: this.#moreIncomplete }]
  }
}
