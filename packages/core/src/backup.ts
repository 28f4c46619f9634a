import { join, resolve } from 'node:path'
import { pack, type ArchiveWarning, type Compression, type PackProgress } from '@bakthat/archive'
import type { BackupRow, Json } from '@bakthat/catalog'
import { prepareEncryption, type EncryptionKeys, type Encryptor } from '@bakthat/crypto'
import { localDirectory, readAhead, single, type Bytes, type Locator } from '@bakthat/storage'
import { announced } from './announce.js'
import type { DestinationContext } from './context.js'
import type { ActionOptions, BackupOptions, BackupResult, ByteStream } from './contract.js'
import { fileBytes } from './files.js'
import { commit, putConfirmed, termsOf, undo, type PutPurpose, type Stored } from './put.js'
import { recoverInterrupted } from './recover.js'
import { reserve } from './reserve.js'
import {
  backupName,
  findExcludes,
  findSource,
  readyMadeArchive,
  refuseDestinationAsSource,
  type Source,
} from './source.js'
import { indexName, type Kind } from './stored-name.js'
import { findStream, streamContents } from './stream-source.js'

/**
 * Backs a file, a directory or a stream up: reserves a stored name, stores the archive, its index and, last, its manifest, and only
 * then calls it complete. Whatever makes it fail, and an abort too, it first removes what it stored and the row that it
 * made. Files that cannot be read, or change meanwhile, are `warnings` of the result, not failures; a stream that fails is one.
 */
export async function backup(
  context: DestinationContext,
  source: string | ByteStream,
  options: BackupOptions = {},
): Promise<BackupResult> {
  const name = backupName(source, options)
  const { scheme, container } = context.backend
  const path = typeof source === 'string' ? { path: resolve(source) } : {}
  const about = { name, ...path, tags: options.tags ?? [], backend: scheme, container }
  return announced(
    context,
    {
      action: 'backup',
      name,
      before: (session) => ({ ...session, ...about }),
      after: (session, result) => ({ ...session, result }),
    },
    options,
    (announcing) =>
      typeof source === 'string'
        ? backUpPath(context, source, announcing)
        : backUpStream(context, source, name, announcing),
  )
}

async function backUpPath(context: DestinationContext, path: string, options: BackupOptions): Promise<BackupResult> {
  const source = await findSource(path, options)
  return makeBackup(context, source.name, () => describeArchive(context, source, options), options)
}

async function backUpStream(
  context: DestinationContext,
  stream: ByteStream,
  name: string,
  options: BackupOptions,
): Promise<BackupResult> {
  const source = await findStream(stream, name, options)
  const compression = options.compression ?? { format: 'zstd' }
  const archive: Archive = { kind: 'stream', compression, ...streamContents(source, compression, options) }
  try {
    return await makeBackup(context, source.name, () => Promise.resolve(archive), options)
  } finally {
    source.release()
  }
}

async function makeBackup(
  context: DestinationContext,
  name: string,
  describe: () => Promise<Archive>,
  options: BackupOptions,
): Promise<BackupResult> {
  const keys = typeof options.encryption === 'function' ? await options.encryption() : options.encryption
  const started = context.now()
  const archive = await describe()
  try {
    const encryption = { keys, encryptor: keys && (await prepareEncryption(keys)) }
    return await makeBackupOf(context, name, { archive, encryption }, started, options)
  } finally {
    await archive.release?.()
  }
}

async function makeBackupOf(
  context: DestinationContext,
  name: string,
  { archive, encryption }: Contribution,
  started: Date,
  options: BackupOptions,
): Promise<BackupResult> {
  await recoverInterrupted(context)
  const row = await reserve(context, {
    name,
    date: started,
    kind: archive.kind,
    compression: archive.compression.format,
    encrypted: encryption.encryptor !== undefined,
    tags: options.tags ?? [],
    ...(options.signal && { signal: options.signal }),
  })
  const stored: Locator[] = []
  try {
    const outcome = await store(context, row, { archive, encryption }, options, stored)
    return { ...outcome, durationMs: context.now().getTime() - started.getTime() }
  } catch (error) {
    await undo(context, row, stored)
    throw error
  }
}

/** What an archive turned out to hold, known once its bytes have been read. */
interface Contents {
  readonly entries: number
  readonly files: number
  readonly bytesRead: number
  /** Of a tar archive. */
  readonly tarSize?: number
  readonly warnings: readonly ArchiveWarning[]
  readonly index?: Uint8Array
}

interface Archive {
  readonly kind: Kind
  readonly compression: Compression
  readonly bytes: Bytes
  readonly contents: () => Promise<Contents>
  /** The file of patterns that decided what was left out. */
  readonly excludeFile?: string
  /** About how many bytes there will be, where that is known before they are read. */
  readonly estimatedSize?: number
  /** Stops what reads ahead. */
  readonly release?: () => Promise<unknown>
}

/** What is stored, and how it is encrypted. */
interface Contribution {
  readonly archive: Archive
  readonly encryption: {
    readonly keys: EncryptionKeys | undefined
    readonly encryptor: Encryptor | undefined
  }
}

/** What the manifest says of the keys: recipients are public, and tell years later which identity is wanted. */
function describeKeys(keys: EncryptionKeys | undefined): Record<string, Json> {
  if (keys === undefined) return { encryption: 'none' }
  return 'recipients' in keys ? { encryption: 'recipients', recipients: keys.recipients } : { encryption: 'passphrase' }
}

/** Bytes that are packed while the destination is not ready for them: while a client library loads, or a network stalls. */
const packedAhead = 8 * 1024 ** 2

async function describeArchive(context: DestinationContext, source: Source, options: BackupOptions): Promise<Archive> {
  const ready = await readyMadeArchive(source, options.signal)
  if (ready !== undefined) {
    const { entries, files, contentSize, tarSize } = ready
    return {
      kind: 'archive',
      compression: { format: 'gzip' },
      bytes: fileBytes(source.path),
      contents: () => Promise.resolve({ entries, files, bytesRead: contentSize, tarSize, warnings: [] }),
      ...estimate(source, options),
    }
  }
  const compression = options.compression ?? { format: 'zstd' }
  const excludes = await findExcludes(source, options)
  if (excludes.file !== undefined) options.onNotice?.(`leaving out what ${excludes.file} lists`)
  const packing = pack({
    path: source.path,
    name: source.entryName,
    compression,
    exclude: excludes.patterns,
    omit: omitDestination(context, source, options),
    ...(options.excludeCaches !== undefined && { excludeCaches: options.excludeCaches }),
    ...(options.oneFileSystem !== undefined && { oneFileSystem: options.oneFileSystem }),
    ...(options.signal && { signal: options.signal }),
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
    ...(excludes.file !== undefined && { excludeFile: excludes.file }),
    ...estimate(source, options),
  }
}

function estimate({ size }: Source, options: BackupOptions): Pick<Archive, 'estimatedSize'> {
  const estimatedSize = options.estimatedSize ?? size
  return estimatedSize === undefined ? {} : { estimatedSize }
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
  const here = { backend: backend.scheme, container: backend.container }
  const size = catalog.newest({ ...here, filename: source.name })?.metadata['content_size']
  return typeof size === 'number' ? size : undefined
}

async function store(
  context: DestinationContext,
  row: BackupRow,
  { archive, encryption: { keys, encryptor } }: Contribution,
  options: BackupOptions,
  locators: Locator[],
): Promise<Omit<BackupResult, 'durationMs'>> {
  const encrypt = (bytes: Bytes): Bytes => encryptor?.encrypt(bytes) ?? bytes
  const put = async (name: string, bytes: Bytes, purpose: PutPurpose, estimatedSize?: number): Promise<Stored> => {
    const stored = await putConfirmed(context, row, { name, bytes, purpose, estimatedSize }, options)
    locators.push(stored.locator)
    return stored
  }
  const stored = await put(row.storedFilename, encrypt(archive.bytes), 'archive', archive.estimatedSize)
  const { index, warnings, ...contents } = await archive.contents()
  const indexStored =
    index &&
    context.backend.capabilities.names &&
    (await put(indexName(row.storedFilename, encryptor !== undefined), encrypt(single(index)), 'metadata'))
  const metadata: Record<string, Json> = {
    compression: archive.compression.format,
    ...describeKeys(keys),
    entries: contents.entries,
    files: contents.files,
    content_size: contents.bytesRead,
    ...(contents.tarSize !== undefined && { tar_size: contents.tarSize }),
    incomplete: warnings.filter((warning) => warning.incomplete).length,
    ...(archive.excludeFile !== undefined && { exclude_file: archive.excludeFile }),
    ...(indexStored && { index: indexStored.locator }),
    ...termsOf(stored),
  }
  const complete = await commit(context, row, { ...stored, metadata }, put)
  return { ...complete, ...contents, warnings }
}
