import { profilePassword, readProfileFile, type Settings } from '@bakthat/config'
import { parseIdentities, parseRecipients, type DecryptionKeys, type EncryptionKeys } from '@bakthat/crypto'
import type { ActionOptions } from '@bakthat/core'
import { BakthatError, givenList } from '@bakthat/errors'
import type { DecryptionOptions, EncryptionOptions } from './contract.js'
import { refuseNoPassword } from './given.js'

/** How a backup is to be encrypted: as the call says, else as the profile says, else as a person answers. */
export async function encryptionFor(
  settings: Settings,
  options: EncryptionOptions,
  signal?: AbortSignal,
): Promise<EncryptionKeys | undefined> {
  refuseNoPassword(options.password)
  if (options.recipients !== undefined && typeof options.password === 'string')
    throw new BakthatError('INVALID_INPUT', 'recipients and a password were both given', {
      hint: 'an age file is encrypted to recipients or with a passphrase: choose one',
    })
  if (options.recipients !== undefined) return { recipients: givenList('recipients', options.recipients) }
  if (typeof options.password === 'string') return withPassphrase(options.password)
  const recipients = await profileRecipients(settings, signal)
  if (recipients.length > 0) return { recipients }
  return withPassphrase((await profilePassword(settings, signal)) ?? (await options.password?.()))
}

/** What may open backups: the call's and the profile's identities and passphrase, asked for only when needed, and once for all of them. */
export async function decryptionFor(
  settings: Settings,
  options: DecryptionOptions & Pick<ActionOptions, 'signal'>,
): Promise<DecryptionKeys> {
  const identities = [...givenList('identities', options.identities)]
  for (const file of settings.identityFiles)
    identities.push(...parseIdentities(await readProfileFile(file, options.signal), file))
  const ask = async (): Promise<string | undefined> => {
    const { password } = options
    if (password !== undefined && typeof password !== 'function') return password
    return (await profilePassword(settings, options.signal)) ?? (await password?.())
  }
  let asked: Promise<string | undefined> | undefined
  return { identities, passphrase: () => (asked ??= ask()) }
}

function withPassphrase(passphrase: string | undefined): EncryptionKeys | undefined {
  return passphrase === undefined || passphrase === '' ? undefined : { passphrase }
}

async function profileRecipients(
  { recipients, recipientsFile }: Settings,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (recipientsFile === undefined) return recipients
  return [...recipients, ...parseRecipients(await readProfileFile(recipientsFile, signal), recipientsFile)]
}
