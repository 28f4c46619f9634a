import type { Encoded } from '@bakthat/archive'
import { decrypt, decryptBeefish, isAge, unlock, type BeefishOptions, type DecryptionKeys } from '@bakthat/crypto'
import type { BackupRow } from '@bakthat/catalog'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'
import { peek } from './streams.js'

/** Long enough for the first line of an armored or a binary age file. */
const longestIntro = 64

/**
 * A blob without its encryption, which is told from its first bytes (age), its name (the Python tool's `.enc`) or, of the Python
 * tool's values, the catalog. `INTEGRITY` where a blob in the clear lies where an encrypted one should: whoever may write the
 * store, and has no key, could put one there.
 */
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
  // Not told apart here: what is no age file may be refused, or be the Python tool's.
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
  try {
    if (isAge(archive.prefix)) yield* decrypt(archive.bytes, keys)
    else if (shouldBeAge(name, backup)) throw inTheClear(name)
    else if (name.endsWith('.enc')) yield* decryptBeefish(archive.bytes, await beefishPassphrase(name, keys))
    else if (backup?.metadata['is_enc'] === true)
      yield* decryptBeefish(archive.bytes, await beefishPassphrase(name, keys), formOfValue(backup))
    else yield* archive.bytes
  } finally {
    await archive.close()
  }
}

function shouldBeAge(name: string, backup: BackupRow | undefined): boolean {
  const encryption = backup?.metadata['encryption']
  return name.endsWith('.age') || encryption === 'recipients' || encryption === 'passphrase'
}

function inTheClear(name: string): BakthatError {
  return new BakthatError('INTEGRITY', `${name} should be encrypted, and is not`, {
    hint: 'somebody may have put it there: do not trust it, and restore another backup',
  })
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
