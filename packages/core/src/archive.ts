import { join } from 'node:path'
import {
  pack,
  type ArchiveWarning,
  type Compression,
  type PackProgress,
  type SurveyOptions as ArchiveSurveyOptions,
} from '@bakthat/archive'
import { BakthatError } from '@bakthat/errors'
import { localDirectory, readAhead, type Bytes } from '@bakthat/storage'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions, BackupOptions, SurveyOptions } from './contract.js'
import { findExcludes, readyMadeArchive, refuseDestinationAsSource, type ReadyMade, type Source } from './source.js'
import type { Kind } from './stored-name.js'

/** What an archive turned out to hold, known once its bytes have been read. */
export interface Contents {
  readonly entries: number
  readonly files: number
  readonly bytesRead: number
  /** Of a tar archive. */
  readonly tarSize?: number
  readonly warnings: readonly ArchiveWarning[]
  readonly index?: Uint8Array
}

/** What is to be stored of a source. */
export interface Archive {
  readonly kind: Kind
  readonly compression: Compression
  readonly bytes: Bytes
  readonly contents: () => Promise<Contents>
  /** The file of patterns that decided what was left out. */
  readonly excludeFile?: string
  /** What tells whether a later backup would hold anything else. */
  readonly fingerprint?: string
  /** About how many bytes there will be, where that is known before they are read. */
  readonly estimatedSize?: number
  /** Stops what reads ahead. */
  readonly release?: () => Promise<unknown>
}

/** Bytes that are packed while the destination is not ready for them: while a client library loads, or a network stalls. */
const packedAhead = 8 * 1024 ** 2

/** A file or directory as an archive: packed, from now on and a little ahead of its reader, or as it is where it is one already. */
export async function describeArchive(
  context: DestinationContext,
  source: Source,
  options: BackupOptions,
): Promise<Archive> {
  const ready = await readyMadeArchive(source, options.signal)
  return ready === undefined ? packedArchive(context, source, options) : archiveAsItIs(source, ready, options)
}

function archiveAsItIs(
  source: Source,
  { bytes, entries, files, contentSize, tarSize }: ReadyMade,
  options: BackupOptions,
): Archive {
  return {
    kind: 'archive',
    compression: { format: 'gzip' },
    bytes,
    contents: () => Promise.resolve({ entries, files, bytesRead: contentSize, tarSize, warnings: [] }),
    ...estimate(source, options),
  }
}

async function packedArchive(context: DestinationContext, source: Source, options: BackupOptions): Promise<Archive> {
  const compression = options.compression ?? { format: 'zstd' }
  const { excludeFile, ...choice } = await choiceOf(context, source, options)
  const packing = pack({
    ...choice,
    compression,
    ...(options.xattrs !== undefined && { xattrs: options.xattrs }),
    ...(options.onProgress && { onProgress: tell(options.onProgress, expectedSize(context, source, options)) }),
  })
  // Its failure is also thrown by `bytes`; a failure to store may leave nobody waiting for it.
  packing.summary.catch(() => undefined)
  const bytes = readAhead(packing.bytes, packedAhead)
  return {
    kind: 'archive',
    compression,
    bytes,
    release: () => bytes.return(),
    contents: () => packing.summary,
    ...(excludeFile !== undefined && { excludeFile }),
    ...estimate(source, options),
  }
}

/** What is packed of a source, and the file of patterns that has a say in it. */
export async function choiceOf(
  context: DestinationContext,
  source: Source,
  options: SurveyOptions,
): Promise<Omit<ArchiveSurveyOptions, 'onProgress'> & Pick<Archive, 'excludeFile'>> {
  const { patterns, file } = await findExcludes(source, options)
  if (file !== undefined) options.onNotice?.(`leaving out what ${file} lists`)
  return {
    path: source.path,
    name: source.entryName,
    exclude: patterns,
    omit: omitDestination(context, source, options),
    ...(file !== undefined && { excludeFile: file }),
    ...(options.excludeCaches !== undefined && { excludeCaches: options.excludeCaches }),
    ...(options.oneFileSystem !== undefined && { oneFileSystem: options.oneFileSystem }),
    ...(options.signal && { signal: options.signal }),
  }
}

function estimate({ size }: Source, options: BackupOptions): Pick<Archive, 'estimatedSize'> {
  const estimatedSize = options.estimatedSize ?? size
  if (estimatedSize === undefined) return {}
  if (estimatedSize >= 0) return { estimatedSize }
  throw new BakthatError('INVALID_INPUT', `estimatedSize is no number of bytes: ${estimatedSize}`, {
    hint: 'leave it out where nothing is known',
  })
}

function omitDestination(context: DestinationContext, source: Source, options: ActionOptions): readonly string[] {
  const directory = localDirectory(context.backend)
  if (directory === undefined) return []
  refuseDestinationAsSource(source, directory)
  if (!directory.startsWith(join(source.path, '/'))) return []
  options.onNotice?.(`leaving out the destination, which lies inside the source: ${directory}`)
  return [directory]
}

/** Until all files were found, there will be about as much as was expected. */
function tell(
  onProgress: NonNullable<ActionOptions['onProgress']>,
  expected: number | undefined,
): (progress: PackProgress) => void {
  return ({ current, files, bytesRead, bytesFound, walked }) => {
    const bytesTotal = walked ? bytesFound : expected && Math.max(expected, bytesFound)
    onProgress({ phase: 'packing', current, files, bytes: bytesRead, ...(bytesTotal !== undefined && { bytesTotal }) })
  }
}

/** What is to be read: as much as was said, or a file has, or the last backup of that name had. */
function expectedSize(
  { catalog, backend }: DestinationContext,
  source: Source,
  options: BackupOptions,
): number | undefined {
  const { estimatedSize } = estimate(source, options)
  if (estimatedSize !== undefined) return estimatedSize
  const here = placeOf(backend)
  const size = catalog.newest({ ...here, filename: source.name })?.metadata['content_size']
  return typeof size === 'number' ? size : undefined
}
