import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '../types.js'
import type { ExtractLimits } from './contract.js'
import { decompressed } from './decompressed.js'
import { LimitedSink, ratioLimit } from './limits.js'
import { TarReader, type TarSink } from './tar-reader.js'

export interface ReadOptions {
  readonly limits?: ExtractLimits | undefined
  readonly workers?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called after each piece of the archive. */
  readonly onPiece?: () => void
}

/** Reads an archive of any kind to the end of its stream, into a sink. Gives the reader, for what it counted. */
export async function readArchive(bytes: Bytes, sink: TarSink, options: ReadOptions): Promise<TarReader> {
  const limits = options.limits ?? {}
  const reader = new TarReader(new LimitedSink(sink, limits))
  throwIfAborted(options.signal)
  for await (const piece of decompressed(bytes, { workers: options.workers, maxRatio: ratioLimit(limits) })) {
    throwIfAborted(options.signal)
    reader.write(piece)
    options.onPiece?.()
  }
  reader.end()
  return reader
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new BakthatError('INTERRUPTED', 'reading the archive was interrupted', { cause: signal.reason })
}
