import { Readable } from 'node:stream'

import { defaultAttempts, type Bytes } from '@bakthat/storage'

import { pace } from './pace.js'
import type { Part } from './parts.js'
import type { Run } from './upload.js'

/** A part on its way, as often as it takes. */
export interface Body {
  /** What one request is given. */
  readonly make: () => Buffer | Readable
  /** How often a request is to be tried from outside of the SDK, which repeats buffers and no streams. */
  readonly attempts: number
}

/** A part follows upon work of hours: it is tried so many times as often as other requests before all is given up. */
const perseverance = 3

/** The bytes of a part, which are taken out of it. */
export function bodyOf({ connection: { throttle }, options, signal }: Run, part: Part): Body {
  const { contiguousBytes = 1024 ** 3, attempts = defaultAttempts } = options
  const blocks = part.blocks.splice(0)
  if (part.size === 0 || (throttle === undefined && part.size <= contiguousBytes)) {
    const whole = Buffer.concat(blocks)
    return { make: () => whole, attempts: perseverance }
  }
  const wait = (bytes: number): Promise<void> => pace(throttle, options, bytes, signal)
  const make = (): Readable => {
    const stream = Readable.from(throttle === undefined ? blocks : paced(blocks, throttle.piece, wait))
    // It fails only when the upload is given up, and then nobody listens any more.
    return stream.on('error', () => undefined)
  }
  return { make, attempts: perseverance * attempts }
}

async function* paced(blocks: readonly Buffer[], size: number, wait: (bytes: number) => Promise<void>): Bytes {
  for (const block of blocks) {
    for (let start = 0; start < block.length; start += size) {
      const piece = block.subarray(start, start + size)
      await wait(piece.length)
      yield piece
    }
  }
}
