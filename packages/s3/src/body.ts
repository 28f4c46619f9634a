import { Readable } from 'node:stream'

import { contiguousBytesOf, partPerseverance } from '@bakthat/aws'
import { defaultAttempts, type Bytes } from '@bakthat/storage'

import { pace } from './pace.js'
import type { Part } from './parts.js'
import type { Run } from './upload.js'

/** A part on its way, as often as it takes. */
export interface Body {
  /** What one request is given. */
  readonly make: () => Uint8Array | Readable
  /** How often a request is to be tried from outside of the SDK, which repeats buffers and no streams. */
  readonly attempts: number
  /**
   * Gives its memory to the parts that follow, once this one is stored. An attempt that was given up may still hold it, but
   * what it would send then no longer fits its signature.
   */
  readonly release: () => void
}

/** The bytes of a part. */
export function bodyOf(run: Run, { blocks, size }: Part): Body {
  const { throttle } = run.connection
  if (size === 0 || (throttle === undefined && size <= contiguousBytesOf(run.options))) return wholeBody(run, blocks)
  const { options, signal, stock } = run
  const wait = (bytes: number): Promise<void> | undefined => pace(throttle, options, bytes, signal)
  const make = (): Readable => {
    const stream = Readable.from(throttle === undefined ? blocks : paced(blocks, throttle.piece, wait))
    // It fails only when the upload is given up, and then nobody listens any more.
    return stream.on('error', () => undefined)
  }
  const { attempts = defaultAttempts } = options
  return {
    make,
    attempts: partPerseverance * attempts,
    release: () => {
      stock.give(blocks)
    },
  }
}

function wholeBody({ stock }: Run, blocks: Part['blocks']): Body {
  const whole = stock.join(blocks)
  return {
    make: () => whole,
    attempts: partPerseverance,
    release: () => {
      stock.give([whole])
    },
  }
}

async function* paced(
  blocks: readonly Uint8Array[],
  size: number,
  wait: (bytes: number) => Promise<void> | undefined,
): Bytes {
  for (const block of blocks) {
    for (let start = 0; start < block.length; start += size) {
      const piece = block.subarray(start, start + size)
      await wait(piece.length)
      yield piece
    }
  }
}
