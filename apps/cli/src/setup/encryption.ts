import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { home } from '@bakthat/config'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { Given } from '../command.js'
import type { Context } from '../context.js'
import { defined } from '../given.js'
import { givenPassword } from '../keys.js'
import { flag, groups, value, values } from '../options.js'
import { lastingPath, needed, type Changes, type Step } from './changes.js'

const group = groups.encryption

export const encryptionOptions = {
  recipient: values('KEY', { group, description: 'age recipient to encrypt to; repeatable' }),
  'new-identity': value('FILE', { group, description: 'Make an age identity in that file, and encrypt to it' }),
  'password-file': value('FILE', { group, description: 'File that holds the password' }),
  'password-command': value('COMMAND', { group, description: 'Command that prints the password' }),
  unencrypted: flag({ group, description: 'Do not encrypt' }),
}

type EncryptionGiven = Given<typeof encryptionOptions>

/** An identity that is made when everything else is settled. */
export interface NewIdentity {
  readonly file: string
  readonly recipient: string
  readonly text: string
}

export interface EncryptionStep {
  readonly changes: Changes
  readonly identity?: NewIdentity
}

const nothing = {
  recipients: undefined,
  recipients_file: undefined,
  password_file: undefined,
  password_command: undefined,
}

/** How backups are encrypted. No password ever goes into the profile: a file or a command gives it. */
export async function encryptionStep(given: EncryptionGiven, step: Step, context: Context): Promise<EncryptionStep> {
  const recipients = given.recipient ?? []
  if (recipients.length > 0) await checkRecipients(recipients)
  const file = given['new-identity']
  if (file !== undefined) return toNewIdentity(file, recipients)
  if (recipients.length > 0) return { changes: { ...nothing, recipients: aloneOrAll(recipients) } }
  if (given['password-file'] !== undefined) return fromFile(given['password-file'], context)
  if (given['password-command'] !== undefined) return fromCommand(given['password-command'])
  if (given.unencrypted === true) return { changes: nothing }
  return askEncryption(step, context)
}

/** No backup could be made to what is none, or mistyped. */
async function checkRecipients(recipients: readonly string[]): Promise<void> {
  const { prepareEncryption } = await import('@bakthat/crypto')
  try {
    await prepareEncryption({ recipients })
  } catch (error) {
    if (!isBakthatError(error)) throw error
    throw new BakthatError(error.code, `--recipient: ${error.message}`, {
      ...defined({ hint: error.hint }),
      cause: error,
    })
  }
}

const ways = [
  { value: 'new', label: 'to a new key', hint: 'recommended: this machine writes, and only the key reads' },
  { value: 'recipients', label: 'to a key that I have', hint: 'age1…' },
  { value: 'file', label: 'with a password from a file' },
  { value: 'command', label: 'with a password from a command', hint: 'pass show backups' },
  { value: 'none', label: 'not at all' },
] as const

async function askEncryption({ interview, conf }: Step, context: Context): Promise<EncryptionStep> {
  if (interview === undefined) return { changes: {} }
  const isSet = Object.keys(nothing).some((key) => conf[key as keyof typeof nothing] !== undefined)
  const stay = { value: 'stay', label: 'as the profile says now' } as const
  const way = await interview.choose('Encryption', [...(isSet ? [stay] : []), ...ways], isSet ? 'stay' : 'new')
  switch (way) {
    case 'stay':
      return { changes: {} }
    case 'new':
      return toNewIdentity(await interview.line('File for the new identity', freeFile(), isFree), [])
    case 'recipients':
      return { changes: { ...nothing, recipients: await interview.line('Recipient', '', isRecipient) } }
    case 'file':
      return fromFile(await interview.line('File that holds the password', '', isThere), context)
    case 'command':
      return fromCommand(await interview.line('Command that prints the password', '', needed))
    case 'none':
      return { changes: nothing }
  }
}

/** One recipient is written as text. */
function aloneOrAll(recipients: readonly string[]): string | readonly string[] {
  return recipients.length === 1 ? recipients[0]! : recipients
}

/** Throws where it holds none: no backup could be made. */
async function fromFile(file: string, context: Context): Promise<EncryptionStep> {
  await givenPassword(expanded(file), context)
  return { changes: { ...nothing, password_file: lastingPath(file) } }
}

function fromCommand(command: string): EncryptionStep {
  return { changes: { ...nothing, password_command: command } }
}

async function toNewIdentity(written: string, others: readonly string[]): Promise<EncryptionStep> {
  const { formatIdentityFile, generateIdentity } = await import('@bakthat/crypto')
  const pair = await generateIdentity()
  const text = formatIdentityFile({ ...pair, createdAt: new Date() })
  const recipients = aloneOrAll([...others, pair.recipient])
  const identity = { file: expanded(written), recipient: pair.recipient, text }
  return { changes: { ...nothing, recipients }, identity }
}

function freeFile(): string {
  const usual = join(home(process.env), '.bakthat-identity.txt')
  return existsSync(usual) ? '' : usual
}

function isThere(file: string): string | undefined {
  return existsSync(expanded(file)) ? undefined : 'there is no such file'
}

function isFree(file: string): string | undefined {
  return existsSync(expanded(file)) ? 'there is a file of that name, which is never overwritten' : needed(file)
}

function expanded(path: string): string {
  return lastingPath(path).replace(/^~(?=\/|$)/, home(process.env))
}

function isRecipient(line: string): string | undefined {
  return /^age1[a-z0-9]+$/i.test(line) ? undefined : 'a recipient begins with age1'
}
