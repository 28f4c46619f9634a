import { createCipheriv } from 'node:crypto'

import type { Bytes } from '@bakthat/storage'

/** Bytes that look random and are the same every time. */
export function pattern(size: number, seed = 1): Uint8Array {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(size))
}

/** The content in chunks of these sizes, over and over. Every chunk is a copy and belongs to its reader. */
export async function* inChunks(content: Uint8Array, ...sizes: readonly number[]): Bytes {
  for (let start = 0, turn = 0; start < content.length; turn++) {
    const size = sizes[turn % sizes.length]!
    yield await Promise.resolve(Uint8Array.from(content.subarray(start, start + size)))
    start += size
  }
}

/** A source that tells how it is read, and can be told what to do after each chunk. */
export class WatchedSource implements Bytes {
  /** How often a chunk was asked for. */
  asked = 0
  /** Whether it was read to its end or told to stop. */
  isOver = false
  /** What a reader did that no reader may do. */
  readonly mistakes: string[] = []
  readonly #chunks: readonly Uint8Array[]
  readonly #after: (index: number) => Promise<void>
  #isBusy = false

  /** `after` runs when the chunk after the one of this index is asked for, and may throw or wait. */
  constructor(chunks: readonly Uint8Array[], after: (index: number) => Promise<void> = () => Promise.resolve()) {
    this.#chunks = chunks
    this.#after = after
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async (): Promise<IteratorResult<Uint8Array>> => {
        if (this.#isBusy) this.mistakes.push('asked for a chunk before it had the one before')
        if (this.isOver) this.mistakes.push('asked for a chunk after the end')
        this.#isBusy = true
        try {
          return await this.#next(this.asked++)
        } finally {
          this.#isBusy = false
        }
      },
      return: (): Promise<IteratorResult<Uint8Array>> => {
        this.isOver = true
        return Promise.resolve({ done: true, value: undefined })
      },
    }
  }

  async #next(index: number): Promise<IteratorResult<Uint8Array>> {
    try {
      if (index > 0) await this.#after(index - 1)
    } catch (error) {
      this.isOver = true
      throw error
    }
    const chunk = this.#chunks[index]
    if (chunk !== undefined) return { done: false, value: chunk }
    this.isOver = true
    return { done: true, value: undefined }
  }
}
