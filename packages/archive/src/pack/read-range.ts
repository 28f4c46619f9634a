import { readSync } from 'node:fs'

/** What came of reading: how many bytes, and the error that ended it early. */
export interface ReadResult {
  readonly length: number
  readonly error: unknown
}

export interface Range {
  /** Where in the file. */
  readonly position: number
  readonly size: number
}

/** Reads a range of an open file into `buffer` at `start`, as far as the file goes. */
export function readRange(descriptor: number, buffer: Buffer, start: number, range: Range): ReadResult {
  return read(descriptor, buffer, start, range, Infinity)
}

/**
 * Reads a whole file that is expected to hold `size` bytes, and one byte more when there is one. A read that comes back with exactly
 * the expected bytes, although one more was asked for, has met the end: so an unchanged file costs one system call.
 */
export function readWhole(descriptor: number, buffer: Buffer, start: number, size: number): ReadResult {
  return read(descriptor, buffer, start, { position: 0, size: size + 1 }, size)
}

function read(descriptor: number, buffer: Buffer, start: number, range: Range, expectedEnd: number): ReadResult {
  const { position, size } = range
  let length = 0
  while (length < size && length !== expectedEnd) {
    try {
      const step = readSync(descriptor, buffer, start + length, size - length, position + length)
      if (step === 0) break
      length += step
    } catch (error) {
      return { length, error }
    }
  }
  return { length, error: undefined }
}
