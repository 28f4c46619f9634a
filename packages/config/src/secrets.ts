import { promisify } from 'node:util'
import { BakthatError, interruption, unavailableOf } from '@bakthat/errors'
import type { Settings } from './contract.js'
import { readWaiting } from './read-waiting.js'

/**
 * The profile's passphrase, read or asked for now; `undefined` where it has none. One that is set up and comes out empty is
 * `INVALID_INPUT`, never a reason to store in the clear; what cannot be read or run is `INVALID_CONFIG`, a disk that fails `UNAVAILABLE`.
 * The signal stops a command that is asked, and the wait for who writes to a FIFO: `INTERRUPTED`.
 */
export async function profilePassword(
  { passwordFile, passwordCommand }: Pick<Settings, 'passwordFile' | 'passwordCommand'>,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (passwordFile !== undefined)
    return notEmpty(await readProfileFile(passwordFile, signal), `the file ${passwordFile}`)
  if (passwordCommand !== undefined) return notEmpty(await outputOf(passwordCommand, signal), 'the password_command')
  return undefined
}

/**
 * The text of a file that the profile names; `INVALID_CONFIG` where it cannot be read, `UNAVAILABLE` where its disk fails,
 * `INVALID_INPUT` where it is not UTF-8, `INTERRUPTED` at the signal where it is a FIFO that nobody writes to.
 */
export async function readProfileFile(file: string, signal?: AbortSignal): Promise<string> {
  const named = `the file ${file}, which the profile names,`
  const bytes = await readWaiting(file, signal).catch((cause: unknown) => {
    if (signal?.aborted === true) throw interruption(signal)
    const mistake = { hint: 'mend the path or the permissions', cause }
    throw unavailableOf(cause, named) ?? new BakthatError('INVALID_CONFIG', `${named} cannot be read`, mistake)
  })
  return decodeText(bytes, named)
}

/**
 * Bytes as text; `INVALID_INPUT` where they are no UTF-8. Were those replaced, they would all be one: a password of many bytes would be
 * as good as another. `what` begins the message.
 */
export function decodeText(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new BakthatError('INVALID_INPUT', `${what} is not UTF-8 text`, { hint: 'write it as UTF-8' })
  }
}

function notEmpty(text: string, source: string): string {
  const password = text.replace(/\r?\n$/, '')
  if (password !== '') return password
  throw new BakthatError('INVALID_INPUT', `${source} gives an empty password`, {
    hint: 'mend it, or take it out of the profile to store unencrypted',
  })
}

async function outputOf([command, ...words]: readonly string[], signal?: AbortSignal): Promise<string> {
  // Loaded only for this: it takes as long as all else that settings need.
  const { execFile } = await import('node:child_process')
  const { stdout } = await promisify(execFile)(command ?? '', words, { encoding: 'buffer', signal }).catch(() => {
    if (signal?.aborted === true) throw interruption(signal)
    // The cause would carry the command's output, which may hold the secret.
    throw new BakthatError('INVALID_CONFIG', 'the password_command of the profile failed', {
      hint: 'run it by hand to see why',
    })
  })
  return decodeText(stdout, 'what the password_command gives')
}
