import type { Damage } from '../../faults.js'
import { notImplemented } from '../failure.js'
import type { Content, ContentWriter } from './contents.js'

/** Keeps nothing but the number of bytes, for counting what no machine could hold. */
export function countingWriter(): ContentWriter {
  let size = 0
  return {
    write: (chunk) => {
      size += chunk.length
    },
    finish: () => ({
      size,
      read: () => {
        throw notImplemented('reading where contents are only counted')
      },
      release: () => undefined,
    }),
    discard: () => undefined,
  }
}

/** Contents in a row as one. */
export function joined(contents: readonly Content[]): Content {
  return {
    size: contents.reduce((sum, { size }) => sum + size, 0),
    *read(start, end) {
      let offset = 0
      for (const content of contents) {
        const [from, to] = [Math.max(start - offset, 0), Math.min(end - offset, content.size)]
        if (from < to) yield* content.read(from, to)
        offset += content.size
      }
    },
    release: () => {
      for (const content of contents) content.release()
    },
  }
}

/** The content as a bad disk would give it back. */
export function damaged(content: Content, damage: Damage): Content {
  if (damage === 'drop the last byte') return { ...content, size: Math.max(content.size - 1, 0) }
  const at = content.size >> 1
  return {
    ...content,
    *read(start, end) {
      let offset = start
      for (const block of content.read(start, end)) {
        const copy = Buffer.from(block)
        if (offset <= at && at < offset + copy.length) copy[at - offset]! ^= 1
        offset += copy.length
        yield copy
      }
    },
  }
}
