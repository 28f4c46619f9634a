import { execFileSync } from 'node:child_process'
import { isBakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/crypto'

export interface Outcome {
  /** What was handed over before the end or the error. */
  readonly released: Buffer
  readonly error: unknown
}

/** A stream of these bytes in chunks of a length, or of the lengths in turn. */
export async function* chunked(bytes: Uint8Array, ...lengths: readonly number[]): Bytes {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? bytes.length
    yield bytes.subarray(at, at + length)
    at += length
  }
}

export async function outcomeOf(bytes: Bytes): Promise<Outcome> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of bytes) chunks.push(chunk)
    return { released: Buffer.concat(chunks), error: undefined }
  } catch (error) {
    return { released: Buffer.concat(chunks), error }
  }
}

export async function collected(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** `ok`, the code of a {@link BakthatError}, or what else was thrown. */
export function verdict({ error }: Outcome): unknown {
  if (error === undefined) return 'ok'
  return isBakthatError(error) ? error.code : error
}

/** Everything that an error says, its causes included: what must never hold a secret. */
export function everythingSaidBy(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { message, stack, hint, cause } = error as { message?: string; stack?: string; hint?: string; cause?: unknown }
  return [message, stack, hint, cause === undefined ? '' : everythingSaidBy(cause)].join('\n')
}

export function errorOf(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}

export function has(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
