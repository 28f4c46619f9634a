import type { Encoded } from '@bakthat/archive'
import { decrypt, decryptBeefish, isAge, unlock, type BeefishOptions, type DecryptionKeys } from '@bakthat/crypto'
import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'
import { peek } from './streams.js'

/** Long enough for the first line of an armored or a binary age file. */
const longestIntro = 64

/** A blob without its encryption, which is told from its first bytes (age), its name (the Python tool's `.enc`) or, of the Python tool's values, the catalog. */
export async function* opened(
  bytes: Bytes,
  name: string,
  keys: DecryptionKeys,
  backup?: BackupRow,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decrypted(bytes, name, keys, backup)
  } catch (error) {
    throw isBakthatError(error, 'WRONG_KEY') ? namingRecipients(error, backup) : error
  }
}

/** The same, but age's own encryption left to whoever unpacks what is in it: only its header is opened, with the keys. */
export async function unlocked(bytes: Bytes, name: string, keys: DecryptionKeys, backup?: BackupRow): Promise<Encoded> {
  const blob = await peek(bytes, longestIntro)
  if (!isAge(blob.prefix)) return { bytes: opened(blob.bytes, name, keys, backup) }
  try {
    return await unlock(blob.bytes, keys)
  } catch (error) {
    throw isBakthatError(error, 'WRONG_KEY') ? namingRecipients(error, backup) : error
  }
}

/** The catalog may know which identity is missing; the file itself only tells how many would do. */
function namingRecipients(error: BakthatError, backup: BackupRow | undefined): BakthatError {
  const recipients = backup?.metadata['recipients']
  if (!Array.isArray(recipients) || recipients.length === 0) return error
  const wanted = recipients.join(' or ')
  return new BakthatError('WRONG_KEY', `${error.message}; it wants the identity of ${wanted}`, {
    hint: 'give it with --identity FILE, or as identity in the profile',
    cause: error,
  })
}

async function* decrypted(
  bytes: Bytes,
  name: string,
  keys: DecryptionKeys,
  backup: BackupRow | undefined,
): AsyncGenerator<Uint8Array> {
  const archive = await peek(bytes, longestIntro)
  if (isAge(archive.prefix)) yield* decrypt(archive.bytes, keys)
  else if (name.endsWith('.enc')) yield* decryptBeefish(archive.bytes, await beefishPassphrase(name, keys))
  else if (backup?.metadata['is_enc'] === true)
    yield* decryptBeefish(archive.bytes, await beefishPassphrase(name, keys), formOfValue(backup))
  else yield* archive.bytes
}

/** Without gzip inside, nothing tells the form of its encryption but that there was only one. */
function formOfValue({ metadata }: BackupRow): BeefishOptions {
  return metadata['is_gzipped'] === false ? { form: 'blowfish-cbc' } : {}
}

async function beefishPassphrase(name: string, keys: DecryptionKeys): Promise<string> {
  const passphrase = await keys.passphrase?.()
  if (passphrase !== undefined && passphrase !== '') return passphrase
  throw new BakthatError('WRONG_KEY', `${name} needs a passphrase`, {
    hint: 'give it with BAKTHAT_PASSWORD or --password-file',
  })
}
