import { resolve } from 'node:path'
import type { BackupRow, Json } from '@bakthat/catalog'
import { prepareEncryption, type EncryptionKeys, type Encryptor } from '@bakthat/crypto'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { single, type Bytes, type Locator } from '@bakthat/storage'
import { announced, begun } from './announce.js'
import { describeArchive, type Archive } from './archive.js'
import type { DestinationContext } from './context.js'
import type { BackupOptions, BackupResult, ByteStream } from './contract.js'
import { refuseEmptied } from './emptied.js'
import { refuseLargeManifest } from './manifest.js'
import { commit, putConfirmed, undo, type PutPurpose, type Stored } from './put.js'
import { recoverInterrupted } from './recover.js'
import { reserve } from './reserve.js'
import { backupName, findSource } from './source.js'
import { indexName } from './stored-name.js'
import { findStream, streamContents } from './stream-source.js'
import { followed } from './streams.js'
import { termsOf } from './terms.js'
import { stateOf, unchangedBackup } from './unchanged.js'

/**
 * Backs a file, a directory or a stream up: reserves a stored name, stores the archive and, before its end, its index, and last
 * its manifest, and only then calls it complete. Whatever makes it fail, and an abort too, it first removes what it stored
 * and the row that it made. Files that cannot be read, or change meanwhile, are `warnings` of the result, not failures; a
 * stream that fails is one. With `ifChanged` none is made of what was not changed. `INTEGRITY` where the store holds other bytes
 * than were sent, or the archive no longer. `UNAVAILABLE` where the destination is a directory that is empty, though backups were stored in it: its disk is not mounted.
 */
export async function backup(
  context: DestinationContext,
  source: string | ByteStream,
  options: BackupOptions = {},
): Promise<BackupResult> {
  const name = await begun(context, { action: 'backup', name: options.name }, () => backupName(source, options))
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
  const keys = await keysOf(options)
  const describe = (): Promise<Archive> => describeArchive(context, source, options)
  if (options.ifChanged !== true) return makeBackup(context, source.name, keys, describe, options)
  const state = await stateOf(context, source, describeKeys(keys), options)
  const unchanged = await unchangedBackup(context, source.name, state, options)
  if (unchanged !== undefined) return unchanged
  const { fingerprint } = state
  const describeState = async (): Promise<Archive> => ({ ...(await describe()), ...(fingerprint && { fingerprint }) })
  return makeBackup(context, source.name, keys, describeState, options)
}

async function keysOf({ encryption }: BackupOptions): Promise<EncryptionKeys | undefined> {
  return typeof encryption === 'function' ? encryption() : encryption
}

async function backUpStream(
  context: DestinationContext,
  stream: ByteStream,
  name: string,
  options: BackupOptions,
): Promise<BackupResult> {
  if (options.ifChanged === true)
    throw new BakthatError('INVALID_INPUT', 'whether a stream has changed is not known before it is read', {
      hint: 'leave --if-changed out, or back a file up',
    })
  const source = await findStream(stream, name, options)
  const compression = options.compression ?? { format: 'zstd' }
  const archive: Archive = { kind: 'stream', compression, ...streamContents(source, compression, options) }
  try {
    return await makeBackup(context, source.name, await keysOf(options), () => Promise.resolve(archive), options)
  } finally {
    source.release()
  }
}

async function makeBackup(
  context: DestinationContext,
  name: string,
  keys: EncryptionKeys | undefined,
  describe: () => Promise<Archive>,
  options: BackupOptions,
): Promise<BackupResult> {
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
  const { tags = [] } = options
  refuseLargeManifest([...tags], describeKeys(encryption.keys))
  await refuseEmptied(context, options)
  await recoverInterrupted(context)
  const row = await reserve(context, {
    name,
    date: started,
    kind: archive.kind,
    compression: archive.compression.format,
    encrypted: encryption.encryptor !== undefined,
    tags,
    ...(options.signal && { signal: options.signal }),
  })
  const stored: Locator[] = []
  try {
    const outcome = await store(context, row, { archive, encryption }, options, stored)
    return { ...outcome, durationMs: context.now().getTime() - started.getTime() }
  } catch (error) {
    await undo(context, row, stored)
    throw isBakthatError(error, 'ALREADY_EXISTS') ? takenMeanwhile(row, error) : error
  }
}

/** What the store says advises to remove what is in the way, which is another backup under way, or made just now. */
function takenMeanwhile({ storedFilename, filename }: BackupRow, cause: BakthatError): BakthatError {
  return new BakthatError('ALREADY_EXISTS', `another host took the name ${storedFilename} at the same moment`, {
    hint: `run it again, and let no two hosts call their backups ${filename} in one place: give each a prefix of its own, or a --name`,
    cause,
  })
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

async function store(
  context: DestinationContext,
  row: BackupRow,
  { archive, encryption: { keys, encryptor } }: Contribution,
  options: BackupOptions,
  locators: Locator[],
): Promise<Omit<BackupResult, 'durationMs'>> {
  const encrypt = (bytes: Bytes): Bytes => encryptor?.encrypt(bytes) ?? bytes
  const put = (name: string, bytes: Bytes, purpose: PutPurpose, estimatedSize?: number): Promise<Stored> =>
    putConfirmed(context, row, { name, bytes, purpose, estimatedSize }, options, locators)
  let indexStored: Stored | undefined
  let indexing: Promise<void> | undefined
  const storeIndex = async (): Promise<void> => {
    const { index } = await archive.contents()
    if (index === undefined || !context.backend.capabilities.names) return
    indexStored = await put(indexName(row.storedFilename, encryptor !== undefined), encrypt(single(index)), 'metadata')
  }
  // Whoever sees the archive sees its index too, and by that when it was stored: see `orphansIn`.
  const bytes = encrypt(followed(archive.bytes, () => (indexing = storeIndex())))
  const stored = await put(row.storedFilename, bytes, 'archive', archive.estimatedSize).catch(
    async (error: unknown) => {
      // Whoever is interrupted waits for no source of bytes, but what is still being stored has to be undone too.
      await indexing?.catch(() => undefined)
      throw error
    },
  )
  const { warnings, entries, files, bytesRead, tarSize } = await archive.contents()
  const contents = { entries, files, bytesRead, ...(tarSize !== undefined && { tarSize }) }
  const metadata: Record<string, Json> = {
    compression: archive.compression.format,
    ...describeKeys(keys),
    entries,
    files,
    content_size: bytesRead,
    ...(tarSize !== undefined && { tar_size: tarSize }),
    incomplete: warnings.filter((warning) => warning.incomplete).length,
    ...(archive.excludeFile !== undefined && { exclude_file: archive.excludeFile }),
    ...(archive.fingerprint !== undefined && { fingerprint: archive.fingerprint }),
    ...(indexStored && { index: indexStored.locator }),
    ...termsOf(stored),
  }
  const complete = await commit(context, row, { ...stored, metadata }, put, options)
  return { ...complete, ...contents, warnings }
}
