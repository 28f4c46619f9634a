import { statfsSync } from 'node:fs'
import { BakthatError } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'
import type { ExtractLimits } from './contract.js'
import type { TarEntry } from './tar-entry.js'

/** More than deflate can reach (1,032). zstd reaches 30,000 with zeros. */
const believableRatio = 1500

const manyEntries = 50_000_000

/** Looking for space costs as much as making a small file. */
const largeFile = 1 << 20

/**
 * The ratio to hold decompression to. Where the size is known beforehand, that bounds the archive better: a file of zeros
 * honestly compresses by more than any ratio.
 */
export function ratioLimit({ maxRatio, maxBytes }: ExtractLimits): number {
  return maxRatio ?? (maxBytes === undefined ? believableRatio : Infinity)
}

/** `INVALID_INPUT` for a limit that is no number: nothing is more than that, so it would let everything pass. */
export function checkLimits(limits: ExtractLimits): void {
  for (const name of ['maxBytes', 'maxEntries', 'maxRatio'] as const) {
    const limit = limits[name]
    if (limit === undefined || limit >= 0) continue
    throw new BakthatError('INVALID_INPUT', `${name} is no number from 0: ${limit}`, {
      hint: 'give one, or leave it out',
    })
  }
}

/** Holds an archive to its limits, before anything passes them. */
export class LimitCheck {
  readonly #directory: string | Buffer | undefined
  #bytesLeft: number
  #entriesLeft: number

  /** `directory` is where the contents are written, if they are. */
  constructor(
    directory: string | Buffer | undefined,
    { maxBytes = Infinity, maxEntries = manyEntries }: ExtractLimits,
  ) {
    this.#directory = directory
    this.#bytesLeft = maxBytes
    this.#entriesLeft = maxEntries
  }

  /** Throws `UNSAFE_ARCHIVE` for more than was allowed, `NO_SPACE` for a file that cannot fit. */
  add(entry: TarEntry): void {
    this.#bytesLeft -= entry.size
    if (this.#bytesLeft < 0) throw tooMuch(entry.path, 'bytes')
    this.#count(entry.path)
    if (entry.storedSize >= largeFile) this.#checkSpace(entry)
  }

  /** Adds a directory that has no entry: paths of a few entries may imply millions. Throws `UNSAFE_ARCHIVE`. */
  addImplied(path: string): void {
    this.#count(path)
  }

  #count(path: string): void {
    this.#entriesLeft--
    if (this.#entriesLeft < 0) throw tooMuch(path, 'entries')
  }

  #checkSpace({ path, storedSize }: TarEntry): void {
    if (this.#directory === undefined) return
    const { blocks, bfree, bsize } = statfsSync(this.#directory)
    // Some file systems do not say.
    if (blocks === 0 || storedSize <= bfree * bsize) return
    throw new BakthatError('NO_SPACE', `no space left for ${escapePath(path)} of ${storedSize} bytes`, {
      hint: 'make room, restore elsewhere with --to, or make holes of its zeros with --sparse',
    })
  }
}

function tooMuch(path: string, what: string): BakthatError {
  return new BakthatError('UNSAFE_ARCHIVE', `the archive holds more ${what} than it may, with ${escapePath(path)}`, {
    hint: 'raise the limit if you trust it',
  })
}
