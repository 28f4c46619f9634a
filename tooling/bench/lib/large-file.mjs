import { createCipheriv } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'

const blockSize = 1024 * 1024

/**
 * Writes a file of so many bytes, always the same: half of it blocks of words, four tenths of them noise that does not
 * compress, and one tenth zeros, in turn.
 */
export function buildLargeFile(path, size) {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16))
  const random = numbers(42)
  const words = Array.from({ length: 4096 }, () => word(random))
  const zeros = Buffer.alloc(blockSize)
  const file = openSync(path, 'wx')
  for (let written = 0, turn = 0; written < size; turn += 1) {
    const block = turn % 10 === 9 ? zeros : turn % 2 === 0 ? text(words, random) : noise.update(zeros)
    written += writeSync(file, block, 0, Math.min(blockSize, size - written))
  }
  closeSync(file)
}

function text(words, random) {
  const block = Buffer.allocUnsafe(blockSize)
  for (let at = 0; at < blockSize;) {
    // Squared, so that some words are common and most are rare, as in a language.
    at += words[Math.floor(random() ** 2 * words.length)].copy(block, at)
  }
  return block
}

function word(random) {
  const letters = Array.from({ length: 2 + Math.floor(random() * 9) }, () => 97 + Math.floor(random() * 26))
  return Buffer.from([...letters, 32])
}

/** A seeded sequence of numbers in [0, 1): a 32-bit linear congruential generator, good enough for making words. */
function numbers(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
