import { createHash } from 'node:crypto'
import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'

/** What passed through {@link measured}; final once the stream has ended. */
export interface Measure {
  size: number
  sha256(): string
}

/** Passes a stream on and measures it on the way. */
export function measured(bytes: Bytes): { readonly bytes: Bytes; readonly measure: Measure } {
  const hash = createHash('sha256')
  let digest: string | undefined
  const measure: Measure = { size: 0, sha256: () => (digest ??= hash.digest('hex')) }
  async function* pass(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      hash.update(chunk)
      measure.size += chunk.length
      yield chunk
    }
  }
  return { bytes: pass(), measure }
}

/** Passes a stream on, and ends it once what was to follow its last chunk is done. */
export async function* followed(bytes: Bytes, act: () => Promise<void>): Bytes {
  yield* bytes
  await act()
}

/** What a stream must turn out to be. */
export interface Expectation {
  readonly size: number
  readonly sha256?: string
}

/**
 * Passes a stream on and ends with `INTEGRITY` if it was not what was expected: whoever reads it to its end may rely on
 * every byte. `onBytes` is told how many have passed.
 */
export async function* confirmed(
  bytes: Bytes,
  expected: Expectation,
  what: string,
  onBytes: (passed: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const { bytes: passing, measure } = measured(bytes)
  for await (const chunk of passing) {
    onBytes(measure.size)
    yield chunk
  }
  const problem =
    measure.size !== expected.size
      ? `it has ${measure.size} bytes where ${expected.size} were stored`
      : expected.sha256 !== undefined && measure.sha256() !== expected.sha256
        ? 'its SHA-256 is not the one that was stored'
        : undefined
  if (problem !== undefined) throw damagedInStore(what, problem)
}

/** The error for what the store gives back otherwise than it was stored. */
export function damagedInStore(what: string, problem: string, cause?: unknown): BakthatError {
  return new BakthatError('INTEGRITY', `${what} is damaged: ${problem}`, {
    hint: 'restore an older backup, and find out what the storage did to this one',
    cause,
  })
}

/** The first bytes of a stream (fewer only if it is shorter), and the whole stream, still to be read. */
export async function peek(
  bytes: Bytes,
  length: number,
): Promise<{ readonly prefix: Uint8Array; readonly bytes: Bytes; readonly close: () => Promise<void> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let size = 0
  while (size < length) {
    const next = await iterator.next()
    if (next.done === true) break
    held.push(next.value)
    size += next.value.length
  }
  const close = async (): Promise<void> => {
    await iterator.return?.()
  }
  return { prefix: Buffer.concat(held).subarray(0, length), bytes: rejoin(held, iterator), close }
}

async function* rejoin(held: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* held
    yield* { [Symbol.asyncIterator]: () => iterator }
  } finally {
    await iterator.return?.()
  }
}

/** Reads a stream to its end. */
export async function drain(bytes: Bytes): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]()
  while ((await iterator.next()).done !== true);
}
