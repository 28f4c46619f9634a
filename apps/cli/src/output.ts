import { BakthatError, interruption, isBakthatError, systemCodeOf } from '@bakthat/errors'
import type { Context } from './context.js'
import { toldElsewhere, type Output } from './host.js'
import { inBlocks } from './print/blocks.js'

/**
 * Writes a stream out, at the pace of whoever reads it; `INTERRUPTED` when nobody does any more or the signal comes, `NO_SPACE`
 * on a full disk, and `UNAVAILABLE` where it cannot be written otherwise.
 */
export async function writeBytes(
  bytes: AsyncIterable<Uint8Array>,
  output: Output,
  isJson: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (isJson)
    throw new BakthatError('INVALID_INPUT', 'standard output cannot hold both a JSON document and the contents', {
      hint: 'leave one of --json and --stdout out',
    })
  for await (const chunk of bytes) await write(chunk, output, signal)
}

function write(chunk: Uint8Array, output: Output, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(interruption(signal))
    if (signal.aborted) {
      stop()
      return
    }
    signal.addEventListener('abort', stop)
    output.write(chunk, (error) => {
      signal.removeEventListener('abort', stop)
      if (error === undefined || error === null) {
        resolve()
        return
      }
      toldElsewhere.add(error)
      reject(outputFailure(error))
    })
  })
}

/** Writes lines out. Whoever has seen enough of a list, as `head` has, is told of nothing: `false` then. */
export async function writeList(
  { writeOut }: Pick<Context, 'writeOut'>,
  lines: AsyncIterable<string>,
): Promise<boolean> {
  try {
    await writeOut(inBlocks(lines))
    return true
  } catch (error) {
    if (isUnread(error)) return false
    throw error
  }
}

/** Whether writing failed because nobody reads any more. */
function isUnread(error: unknown): boolean {
  return isBakthatError(error, 'INTERRUPTED') && systemCodeOf(error.cause) === 'EPIPE'
}

/** What it means that standard output cannot be written. */
export function outputFailure(cause: Error): BakthatError {
  const hint = 'write it elsewhere'
  switch (systemCodeOf(cause)) {
    case 'EPIPE':
      return new BakthatError('INTERRUPTED', 'nobody reads the output any more', { cause })
    case 'ENOSPC':
    case 'EDQUOT':
      return new BakthatError('NO_SPACE', 'no space left for the output', { hint, cause })
    default:
      return new BakthatError('UNAVAILABLE', `the output cannot be written: ${cause.message}`, { hint, cause })
  }
}
