import type { DecryptionOptions, EncryptionOptions } from 'bakthat'
import { BakthatError } from '@bakthat/errors'
import type { Context } from './context.js'
import { readTextFile } from './files.js'

/** Where keys are read from. */
type Input = Pick<Context, 'env' | 'stdin' | 'action'>

interface GivenEncryption {
  readonly recipient?: readonly string[] | undefined
  readonly 'recipients-file'?: string | undefined
  readonly 'password-file'?: string | undefined
}

/** How to encrypt, as {@link givenEncryption} has it, else as the profile says, else as a person answers; without a terminal not at all. */
export async function encryptionKeys(given: GivenEncryption, context: Context): Promise<EncryptionOptions> {
  const keys = await givenEncryption(given, context)
  if (keys !== undefined) return keys
  const { questions } = context
  return questions.wanted ? { password: () => questions.newPassword() } : {}
}

/** Throws where what was given contradicts itself, which no file needs to be read for. */
export function checkEncryption(given: GivenEncryption): void {
  const recipients = given.recipient ?? given['recipients-file']
  if (recipients === undefined || given['password-file'] === undefined) return
  throw new BakthatError('INVALID_INPUT', 'recipients and a password were both given', {
    hint: 'a backup is encrypted to recipients or with a password: choose one',
  })
}

/** To the recipients given, else with the password of `--password-file`, else of `BAKTHAT_PASSWORD`. */
export async function givenEncryption(
  given: GivenEncryption,
  input: Input,
): Promise<{ readonly recipients: readonly string[] } | { readonly password: string } | undefined> {
  checkEncryption(given)
  const recipients = await givenRecipients(given.recipient ?? [], given['recipients-file'], input)
  if (recipients.length > 0) return { recipients }
  const password = await givenPassword(given['password-file'], input)
  return password === undefined ? undefined : { password }
}

/** With what to decrypt; a person is asked only when an archive wants a password. */
export async function decryptionKeys(
  given: {
    readonly identity?: readonly string[] | undefined
    readonly 'password-file'?: string | undefined
  },
  context: Context,
): Promise<DecryptionOptions> {
  const { questions } = context
  const identities = given.identity && { identities: await givenIdentities(given.identity, context) }
  const password = await givenPassword(given['password-file'], context)
  if (password !== undefined) return { ...identities, password }
  return questions.wanted ? { ...identities, password: () => questions.password() } : { ...identities }
}

async function givenRecipients(
  written: readonly string[],
  file: string | undefined,
  input: Input,
): Promise<readonly string[]> {
  if (file === undefined) return written
  const { parseRecipients } = await import('@bakthat/crypto')
  return [...written, ...parseRecipients(await readTextFile(file, 'recipients file', input), file)]
}

async function givenIdentities(files: readonly string[], input: Input): Promise<readonly string[]> {
  const { parseIdentities } = await import('@bakthat/crypto')
  const identities: string[] = []
  for (const file of files) identities.push(...parseIdentities(await readTextFile(file, 'identity file', input), file))
  return identities
}

/** That of the file, else of `BAKTHAT_PASSWORD`. An empty password is a mistake, such as a command that failed, and never a reason to store in the clear. */
export async function givenPassword(file: string | undefined, input: Input): Promise<string | undefined> {
  const password =
    file === undefined ? input.env.BAKTHAT_PASSWORD : withoutNewline(await readTextFile(file, 'password file', input))
  if (file === undefined && password?.includes('\ufffd') === true)
    throw new BakthatError('INVALID_INPUT', 'BAKTHAT_PASSWORD is not UTF-8 text', {
      hint: 'write it as UTF-8, or into a file for --password-file',
    })
  if (password !== '') return password
  throw new BakthatError(
    'INVALID_INPUT',
    file === undefined ? 'BAKTHAT_PASSWORD is set but empty' : `the password file ${file} is empty`,
    { hint: file === undefined ? 'unset it, or give it a value' : 'write the password into it' },
  )
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '')
}
