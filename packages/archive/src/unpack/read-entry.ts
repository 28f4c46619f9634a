import { BakthatError } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'
import type { Bytes } from '../types.js'
import { workerCount } from '../workers/worker-count.js'
import { batches } from './batches.js'
import { BufferStock } from './buffer-stock.js'
import { ByteSource } from './byte-source.js'
import { Choice } from './choice.js'
import { safePath } from './entry-path.js'
import { openArchive } from './open-archive.js'
import type { TarEntry } from './tar-entry.js'
import { TarReader, type TarSink } from './tar-reader.js'
import { readTrailer } from './trailer.js'

/**
 * The contents of one file of an archive, which is read to the end of its stream. **Only what ended well is whole**: damage
 * may show behind the file. `name` is as in `only` of an extraction.
 *
 * Throws `NOT_FOUND` for what the archive does not hold, `INVALID_INPUT` for what is no file, is but another name of one, or
 * stands for two, `UNSUPPORTED` for a file with holes and for one that stands there twice, and what `inspect` throws.
 */
export async function* readEntry(
  bytes: Bytes,
  name: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
  const choice = new Choice([name])
  const contents = new EntryContents(choice, name)
  const reader = new TarReader(contents)
  const source = new ByteSource(bytes, signal)
  const stock = BufferStock.shared()
  try {
    const archive = await openArchive(source, stock, { workers: workerCount(undefined), maxRatio: Infinity })
    for await (const piece of batches(archive, stock)) {
      reader.write(piece)
      stock.give(piece.buffer)
      yield* contents.take()
    }
    await readTrailer(source)
    reader.end()
  } finally {
    await source.close()
  }
  choice.throwIfMissing()
}

/** Keeps what is read of the chosen file until it is taken. */
class EntryContents implements TarSink {
  readonly #choice: Choice
  readonly #name: string
  #isChosen = false
  #chosen: string | undefined
  #pieces: Uint8Array[] = []

  constructor(choice: Choice, name: string) {
    this.#choice = choice
    this.#name = name
  }

  entry(entry: TarEntry): void {
    const path = safePath(entry.path)
    this.#isChosen = this.#choice.includes(path)
    if (!this.#isChosen) return
    if (!this.#choice.names(path)) throw noFile(this.#name)
    if (entry.type !== 'file') throw noFile(escapePath(path), entry)
    if (entry.sparse !== undefined) throw unreadable(path, 'has holes')
    if (this.#chosen === path) throw unreadable(path, 'stands in the archive twice')
    if (this.#chosen !== undefined) throw ambiguous(this.#name, this.#chosen, path)
    this.#chosen = path
  }

  data(bytes: Buffer, start: number, end: number): void {
    // A copy: they are lent.
    if (this.#isChosen) this.#pieces.push(Uint8Array.from(bytes.subarray(start, end)))
  }

  entryEnd(): void {
    this.#isChosen = false
  }

  take(): readonly Uint8Array[] {
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }
}

function noFile(shown: string, entry?: TarEntry): BakthatError {
  const isLink = entry?.type === 'hardlink' || entry?.type === 'symlink'
  const what = isLink ? `another name of ${escapePath(entry.linkTarget)}` : 'no file'
  return new BakthatError('INVALID_INPUT', `${shown} is ${what}`, {
    hint: isLink ? 'name that, if the backup holds it' : 'name a file, or restore into a directory',
  })
}

/** Two files, of which one is called as the other is shown in lists. */
function ambiguous(name: string, one: string, other: string): BakthatError {
  const what = `${JSON.stringify(name)} stands for ${escapePath(one)} and ${escapePath(other)}`
  return new BakthatError('INVALID_INPUT', what, { hint: 'restore both into a directory' })
}

function unreadable(path: string, why: string): BakthatError {
  return new BakthatError('UNSUPPORTED', `${escapePath(path)} ${why}, and cannot be read as a stream`, {
    hint: 'restore it into a directory',
  })
}
