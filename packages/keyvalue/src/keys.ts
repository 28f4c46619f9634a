import { profilePassword, readProfileFile, type Settings } from '@bakthat/config'
import { parseIdentities, parseRecipients, type DecryptionKeys, type EncryptionKeys } from '@bakthat/crypto'
import { BakthatError, givenList } from '@bakthat/errors'
import type { GetOptions, SetOptions } from './contract.js'

/** How a value is encrypted: as the call says, else as the profile says backups are. */
export async function encryptionFor(
  settings: Settings,
  { password, recipients, signal }: Pick<SetOptions, 'password' | 'recipients' | 'signal'>,
): Promise<EncryptionKeys | undefined> {
  if (recipients !== undefined && password !== undefined)
    throw new BakthatError('INVALID_INPUT', 'recipients and a password were both given', {
      hint: 'an age file is encrypted to recipients or with a passphrase: choose one',
    })
  if (recipients !== undefined) return { recipients }
  if (password !== undefined) return { passphrase: password }
  const { recipientsFile } = settings
  const listed =
    recipientsFile === undefined ? [] : parseRecipients(await readProfileFile(recipientsFile, signal), recipientsFile)
  if (settings.recipients.length + listed.length > 0) return { recipients: [...settings.recipients, ...listed] }
  const passphrase = await profilePassword(settings, signal)
  return passphrase === undefined ? undefined : { passphrase }
}

/** What may open a value: the call's password and identities, and the profile's. */
export async function decryptionFor(
  settings: Settings,
  { password, identity = [], signal }: Pick<GetOptions, 'password' | 'identity' | 'signal'>,
): Promise<DecryptionKeys> {
  const identities = typeof identity === 'string' ? [identity] : [...givenList('identity', identity)]
  for (const file of settings.identityFiles)
    identities.push(...parseIdentities(await readProfileFile(file, signal), file))
  const passphrase = async (): Promise<string | undefined> => {
    if (password !== undefined && typeof password !== 'function') return password
    return (await profilePassword(settings, signal)) ?? (await password?.())
  }
  return { identities, passphrase }
}
