import type { Choice } from './choice.js'
import { safePath } from './entry-path.js'
import type { TarEntry } from './tar-entry.js'
import type { TarSink } from './tar-reader.js'

/** Hands the entries on that were chosen, and the directories above them, for their attributes. */
export class ChosenEntries implements TarSink {
  readonly #sink: TarSink
  readonly #choice: Choice
  #isChosen = false

  constructor(sink: TarSink, choice: Choice) {
    this.#sink = sink
    this.#choice = choice
  }

  entry(entry: TarEntry): void {
    const path = safePath(entry.path)
    this.#isChosen = this.#choice.includes(path) || (entry.type === 'directory' && this.#choice.isAbove(path))
    if (!this.#isChosen) return
    if (entry.type === 'hardlink') this.#choice.checkHardLink(path, entry.linkTarget)
    this.#sink.entry(entry)
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.#isChosen) this.#sink.data(bytes, start, end)
  }

  entryEnd(): void {
    if (this.#isChosen) this.#sink.entryEnd()
  }
}
