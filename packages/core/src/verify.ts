import { inspect } from '@bakthat/archive'
import type { BackupRow } from '@bakthat/catalog'
import type { DecryptionKeys } from '@bakthat/crypto'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { formOf, plainBytes } from './contents.js'
import { placeOf, type DestinationContext } from './context.js'
import type { ActionOptions, VerifyOptions, VerifyResult } from './contract.js'
import { fetchReadable } from './fetch.js'
import { lookForArchive, manifestOf } from './locate.js'
import { readManifest } from './manifest.js'
import { opened } from './opened.js'
import { problemOf } from './problem.js'
import { readBack } from './read-back.js'
import { resolveBackup } from './resolve.js'
import { manifestName } from './stored-name.js'
import { progressOf } from './stored-progress.js'
import { drain } from './streams.js'

/**
 * Reads backups back through, one after the other: the one that the name means, or every complete one of the
 * destination. Size and SHA-256 always; decryption, decompression and tar structure where the keys open it. One that is
 * cold is not read, for that costs money; what the store says of its size is compared. Its manifest, by which other hosts and a
 * new catalog know it, has to say the same as the catalog. Damage is a result; what keeps the verification itself from working
 * (the store cannot be reached, the passphrase cannot be had) is thrown.
 */
export async function verify(
  context: DestinationContext,
  name?: string,
  options: VerifyOptions = {},
): Promise<readonly VerifyResult[]> {
  const { catalog, backend } = context
  const backups = name === undefined ? catalog.find(placeOf(backend)) : [resolveBackup(context, name, options)]
  const results: VerifyResult[] = []
  for (const backup of backups) results.push(await verifyOne(context, backup, options))
  return results
}

async function verifyOne(
  context: DestinationContext,
  backup: BackupRow,
  options: VerifyOptions,
): Promise<VerifyResult> {
  const failures = new Set<unknown>()
  try {
    const result = await verifyBytes(context, backup, { ...options, keys: noting(options.keys ?? {}, failures) })
    await checkManifest(context, backup, options)
    return result
  } catch (error) {
    if (isDamage(error) && !failures.has(error)) return { backup, outcome: 'damaged', problem: problemOf(error) }
    throw error
  }
}

/** The same keys, which note what the passphrase failed with: that is no damage of what it was to open. */
function noting({ passphrase, ...others }: DecryptionKeys, failures: Set<unknown>): DecryptionKeys {
  if (passphrase === undefined) return others
  return {
    ...others,
    passphrase: () =>
      passphrase().catch((error: unknown) => {
        failures.add(error)
        throw error
      }),
  }
}

/** The contents, or without a key that fits what is stored. */
async function verifyBytes(
  context: DestinationContext,
  backup: BackupRow,
  options: VerifyOptions,
): Promise<VerifyResult> {
  try {
    return await verifyContents(context, backup, options)
  } catch (error) {
    if (!isBakthatError(error, 'WRONG_KEY')) throw error
    return verifyStored(context, backup, options, error)
  }
}

async function verifyContents(
  context: DestinationContext,
  backup: BackupRow,
  options: VerifyOptions,
): Promise<VerifyResult> {
  const bytes = await fetchReadable(context, backup, options, progressOf('verifying', backup, options))
  if (bytes === undefined) return verifyCold(context, backup, options)
  const plain = opened(bytes, backup.storedFilename, options.keys ?? {}, backup)
  const interruption = options.signal && { signal: options.signal }
  const form = formOf(backup.storedFilename, backup)
  if (form.kind === 'file') {
    await drain(plainBytes(plain, form, interruption))
    return { backup, outcome: 'contents', entries: 1, files: 1 }
  }
  const { entries, files } = await inspect(plain, interruption)
  return { backup, outcome: 'contents', entries, files }
}

/** Throws `INTEGRITY` where it is gone, damaged, or tells of something else. */
export async function checkManifest(
  { backend }: DestinationContext,
  backup: BackupRow,
  options: ActionOptions,
): Promise<void> {
  const locator = manifestOf(backup)
  if (locator === undefined) return
  const name = manifestName(backup.storedFilename)
  const record = await readManifest(backend, { name, locator }, options).catch((error: unknown) => {
    throw isBakthatError(error, 'NOT_FOUND') ? new BakthatError('INTEGRITY', `the manifest ${name} is gone`) : error
  })
  if (record === 'cold') return
  const { storedFilename, size, sha256 } = record
  if (storedFilename === backup.storedFilename && size === backup.size && sha256 === backup.sha256) return
  throw new BakthatError('INTEGRITY', `the manifest ${name} tells of another backup than the catalog`)
}

/** What the store says of a cold backup, where it says so at once. */
async function verifyCold(
  context: DestinationContext,
  backup: BackupRow,
  options: VerifyOptions,
): Promise<VerifyResult> {
  const found = await lookForArchive(context, backup, options)
  if (found === undefined || (found !== 'gone' && found.size === backup.size)) return { backup, outcome: 'cold' }
  const message =
    found === 'gone'
      ? 'it is no longer in the storage'
      : `the store says ${found.size} bytes where ${backup.size} were stored`
  return { backup, outcome: 'damaged', problem: { code: 'INTEGRITY', message } }
}

async function verifyStored(
  context: DestinationContext,
  backup: BackupRow,
  options: VerifyOptions,
  keyError: BakthatError,
): Promise<VerifyResult> {
  if (!(await readBack(context, backup, options))) return verifyCold(context, backup, options)
  return { backup, outcome: 'stored', problem: problemOf(keyError) }
}

function isDamage(error: unknown): error is BakthatError {
  return isBakthatError(error, 'INTEGRITY', 'UNSAFE_ARCHIVE', 'INVALID_INPUT', 'UNSUPPORTED')
}
