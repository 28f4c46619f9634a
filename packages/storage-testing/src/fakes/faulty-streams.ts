import { interruptible, type Bytes } from '@bakthat/storage'

/** Lets so many bytes through, or all if there are fewer, and then throws. */
export async function* cutAfter(bytes: Bytes, after: number, error: unknown): Bytes {
  yield* firstOf(bytes, after)
  throw error
}

/** Lets so many bytes through; then nothing comes any more until the signal is aborted. */
export function stallAfter(bytes: Bytes, after: number, signal: AbortSignal | undefined): Bytes {
  return interruptible(stalling(bytes, after), signal)
}

/** Rejects when the signal is aborted and never before. */
export async function hang(signal: AbortSignal | undefined): Promise<never> {
  await interruptible(stalling(nothing(), 0), signal)[Symbol.asyncIterator]().next()
  throw new Error('a stream that never ends has ended')
}

/** All but the last byte. */
export async function* withoutLastByte(bytes: Bytes): Bytes {
  let held: Uint8Array | undefined
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue
    if (held !== undefined) yield held
    held = chunk
  }
  if (held !== undefined) yield held.subarray(0, -1)
}

/** The same bytes, but for the lowest bit of one of them. */
export async function* withFlippedBit(bytes: Bytes, at: number): Bytes {
  let position = 0
  for await (const chunk of bytes) {
    const altered = Uint8Array.from(chunk)
    const index = at - position
    if (index >= 0 && index < altered.length) altered[index] = altered[index]! ^ 1
    position += chunk.length
    yield altered
  }
}

/** The same bytes; `seen` is told of every chunk on its way. */
export async function* watched(bytes: Bytes, seen: (chunk: Uint8Array) => void): Bytes {
  for await (const chunk of bytes) {
    seen(chunk)
    yield chunk
  }
}

async function* firstOf(bytes: Bytes, limit: number): Bytes {
  let left = limit
  for await (const chunk of bytes) {
    if (chunk.length >= left) {
      yield chunk.subarray(0, left)
      return
    }
    left -= chunk.length
    yield chunk
  }
}

async function* stalling(bytes: Bytes, after: number): Bytes {
  yield* firstOf(bytes, after)
  await new Promise<never>(() => undefined)
}

async function* nothing(): Bytes {
  // A stream without a chunk.
}
