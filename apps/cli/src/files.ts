import { openSync } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { ReadStream } from 'node:tty'
import { decodeText, readWaiting } from '@bakthat/config'
import { BakthatError, hasSystemCode, systemCodeOf, unavailableOf } from '@bakthat/errors'
import type { Context } from './context.js'

type Input = Pick<Context, 'stdin' | 'action'>

/** Names of standard input, which is waited for, as a FIFO is. */
const standardInput = ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']

/** The text of a file that an option or the environment names. `INVALID_INPUT`, `PERMISSION_DENIED` or `UNAVAILABLE` if it cannot be read, never with its text. */
export async function readTextFile(path: string, what: string, input: Input): Promise<string> {
  const subject = `the ${what} ${path}`
  if (standardInput.includes(path)) return readText(input.stdin().isTTY === true ? apart(input, path) : input, subject)
  const bytes = await readWaiting(path, input.action.signal).catch((error: unknown) => {
    throw translate(error, subject)
  })
  return decodeText(bytes, subject)
}

/** A terminal, opened once more: what was read to its end answers no question any more. */
function apart({ action }: Input, path: string): Input {
  return { action, stdin: () => new ReadStream(openSync(path, 'r')) }
}

/** All of standard input, as text; rejects when the action is stopped. */
export async function readText({ stdin, action: { signal } }: Input, subject = 'standard input'): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of addAbortSignal(signal, stdin() as Readable)) chunks.push(Buffer.from(chunk as Uint8Array))
  return decodeText(Buffer.concat(chunks), subject)
}

/** Makes a file that only its owner may read, flushed to the disk. `ALREADY_EXISTS` if there is anything of that name. */
export async function createSecretFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw translate(error, hasSystemCode(error, 'ENOENT') ? dirname(path) : path)
  })
  try {
    await file.writeFile(text)
    await file.sync()
  } catch (error) {
    await unlink(path)
    throw translate(error, path)
  } finally {
    await file.close()
  }
}

/** A failure of the file system as a user is told of it; any other as it is. */
export function translate(cause: unknown, subject: string): unknown {
  switch (systemCodeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new BakthatError('INVALID_INPUT', `${subject} does not exist`, { hint: 'check the path', cause })
    case 'ELOOP':
      return new BakthatError('INVALID_INPUT', `${subject} is a loop of symbolic links`, {
        hint: 'check the path',
        cause,
      })
    case 'ENAMETOOLONG':
      return new BakthatError('INVALID_INPUT', `${subject} is a longer path than the file system takes`, {
        hint: 'check the path',
        cause,
      })
    case 'EISDIR':
      return new BakthatError('INVALID_INPUT', `${subject} is a directory`, { hint: 'name a file', cause })
    case 'EEXIST':
      return new BakthatError('ALREADY_EXISTS', `${subject} exists already and was left as it is`, {
        hint: 'name another file: whoever loses an identity loses the backups made for it',
        cause,
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new BakthatError('PERMISSION_DENIED', `no permission for ${subject}`, {
        hint: 'check its permissions',
        cause,
      })
    case 'ENOSPC':
    case 'EDQUOT':
      return new BakthatError('NO_SPACE', `no space left for ${subject}`, {
        hint: 'free some space and try again',
        cause,
      })
    default:
      return unavailableOf(cause, subject) ?? cause
  }
}
