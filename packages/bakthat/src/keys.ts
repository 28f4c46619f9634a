import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Settings } from '@bakthat/config'
import { parseIdentities, parseRecipients, type DecryptionKeys, type EncryptionKeys } from '@bakthat/crypto'
import { BakthatError } from '@bakthat/errors'
import type { BackupOptions, Password } from './contract.js'

/** How a backup is to be encrypted: as the call says, else as the profile says, else as a person answers. */
export async function encryptionFor(
  settings: Settings,
  options: Pick<BackupOptions, 'recipients' | 'password'>,
): Promise<EncryptionKeys | undefined> {
  // From a variable that is not set, more likely than meant: a person who wants none answers the question with nothing.
  if (options.password === '')
    throw new BakthatError('INVALID_INPUT', 'the password is empty', {
      hint: 'leave it out to encrypt as the profile says, or not at all',
    })
  if (options.recipients !== undefined && typeof options.password === 'string')
    throw new BakthatError('INVALID_INPUT', 'recipients and a password were both given', {
      hint: 'an age file is encrypted to recipients or with a passphrase: choose one',
    })
  if (options.recipients !== undefined) return { recipients: options.recipients }
  if (typeof options.password === 'string') return withPassphrase(options.password)
  const recipients = await profileRecipients(settings)
  if (recipients.length > 0) return { recipients }
  return withPassphrase((await profilePassword(settings)) ?? (await options.password?.()))
}

/** What may open a backup: the call's and the profile's identities and passphrase, asked for only when needed. */
export async function decryptionFor(
  settings: Settings,
  options: { readonly identities?: readonly string[]; readonly password?: Password },
): Promise<DecryptionKeys> {
  const identities = [...(options.identities ?? [])]
  for (const file of settings.identityFiles) identities.push(...parseIdentities(await readText(file), file))
  return {
    identities,
    passphrase: async () => {
      if (typeof options.password === 'string') return options.password
      return (await profilePassword(settings)) ?? (await options.password?.())
    },
  }
}

function withPassphrase(passphrase: string | undefined): EncryptionKeys | undefined {
  return passphrase === undefined || passphrase === '' ? undefined : { passphrase }
}

async function profileRecipients({ recipients, recipientsFile }: Settings): Promise<readonly string[]> {
  if (recipientsFile === undefined) return recipients
  return [...recipients, ...parseRecipients(await readText(recipientsFile), recipientsFile)]
}

/** The profile's passphrase. One that is set up and comes out empty is a mistake, never a backup in the clear. */
async function profilePassword({ passwordFile, passwordCommand }: Settings): Promise<string | undefined> {
  if (passwordFile !== undefined) return notEmpty(await readText(passwordFile), `the file ${passwordFile}`)
  if (passwordCommand !== undefined) return notEmpty(await outputOf(passwordCommand), 'the password_command')
  return undefined
}

function notEmpty(text: string, source: string): string {
  const password = text.replace(/\r?\n$/, '')
  if (password !== '') return password
  throw new BakthatError('INVALID_INPUT', `${source} gives an empty password`, {
    hint: 'mend it, or take it out of the profile to store unencrypted',
  })
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new BakthatError('INVALID_CONFIG', `the file ${file}, which the profile names, cannot be read`, {
      hint: 'mend the path or the permissions',
      cause,
    })
  }
}

async function outputOf([command, ...words]: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command ?? '', words)
    return stdout
  } catch {
    // The cause would carry the command's output, which may hold the secret.
    throw new BakthatError('INVALID_CONFIG', 'the password_command of the profile failed', {
      hint: 'run it by hand to see why',
    })
  }
}
