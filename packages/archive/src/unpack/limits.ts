import { BakthatError } from '@bakthat/errors'
import type { ExtractLimits } from './contract.js'
import type { BuiltEntry } from './entry-builder.js'
import type { TarSink } from './tar-reader.js'

/** More than deflate can reach (1,032), so that only what was made to be a bomb passes it. */
const believableRatio = 1500

const manyEntries = 50_000_000

/**
 * The ratio to hold decompression to. Where the size is known beforehand, that bounds the archive better: a long run of
 * zeros compresses by more than any ratio.
 */
export function ratioLimit({ maxRatio, maxBytes }: ExtractLimits): number {
  return maxRatio ?? (maxBytes === undefined ? believableRatio : Infinity)
}

/** Passes an archive on to a sink as long as it keeps within the limits. Throws `UNSAFE_ARCHIVE` before anything passes them. */
export class LimitedSink implements TarSink {
  readonly #inner: TarSink
  #bytesLeft: number
  #entriesLeft: number

  constructor(inner: TarSink, { maxBytes = Infinity, maxEntries = manyEntries }: ExtractLimits) {
    this.#inner = inner
    this.#bytesLeft = maxBytes
    this.#entriesLeft = maxEntries
  }

  entry(entry: BuiltEntry): void {
    this.#bytesLeft -= entry.size
    this.#entriesLeft--
    if (this.#bytesLeft < 0) throw tooLarge('bytes')
    if (this.#entriesLeft < 0) throw tooLarge('entries')
    this.#inner.entry(entry)
  }

  data(bytes: Buffer): void {
    this.#inner.data(bytes)
  }

  entryEnd(): void {
    this.#inner.entryEnd()
  }
}

function tooLarge(what: string): BakthatError {
  return new BakthatError('UNSAFE_ARCHIVE', `the archive holds more ${what} than it should`, {
    hint: 'raise the limit if you trust it',
  })
}
