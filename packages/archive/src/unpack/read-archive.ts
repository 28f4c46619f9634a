import type { ArchiveSource } from './archive-source.js'
import type { ExtractLimits } from './contract.js'
import { decompressed } from './decompressed.js'
import { LimitedSink, ratioLimit } from './limits.js'
import { TarReader, type TarSink } from './tar-reader.js'

export interface ReadOptions {
  readonly limits?: ExtractLimits | undefined
  readonly workers?: number | undefined
  /** Called after each piece of the archive. */
  readonly onPiece?: () => void
}

/** Reads an archive of any kind to the end of its stream, into a sink. Gives the reader, for what it counted. */
export async function readArchive(source: ArchiveSource, sink: TarSink, options: ReadOptions): Promise<TarReader> {
  const limits = options.limits ?? {}
  const reader = new TarReader(new LimitedSink(sink, limits))
  for await (const piece of decompressed(source, { workers: options.workers, maxRatio: ratioLimit(limits) })) {
    source.throwIfAborted()
    reader.write(piece)
    options.onPiece?.()
  }
  reader.end()
  return reader
}
