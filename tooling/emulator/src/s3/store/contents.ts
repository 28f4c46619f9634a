import { closeSync, mkdtempSync, openSync, readSync, rmSync, writevSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Damage } from '../../faults.js'
import { notImplemented } from '../failure.js'

/** Bytes that are kept. */
export interface Content {
  readonly size: number
  /** From one byte to before another. */
  read(start: number, end: number): Iterable<Uint8Array>
  /** Frees what they take up. */
  release(): void
}

/** Takes the bytes of one content, in order. */
export interface ContentWriter {
  write(chunk: Uint8Array): void
  finish(): Content
  discard(): void
}

const mebibyte = 1024 * 1024
const blockSize = mebibyte / 4

/** What is larger goes into a file. */
const inMemory = mebibyte

/** And so does everything once this much is in memory. */
const memoryLimit = 256 * mebibyte

/** Keeps contents in memory as long as that is little, and in files of a scratch directory of its own beyond. */
export class Contents {
  readonly #parent: string
  #directory: string | undefined
  #files = 0
  #held = 0

  constructor(parent: string = tmpdir()) {
    this.#parent = parent
  }

  writer(): ContentWriter {
    let chunks: Uint8Array[] = []
    let pending = 0
    let size = 0
    let file: { readonly path: string; readonly descriptor: number } | undefined
    const flush = (): void => {
      file ??= this.#openFile()
      for (let left = chunks; left.length > 0;) left = unwritten(left, writevSync(file.descriptor, left))
      chunks = []
      pending = 0
    }
    return {
      write: (chunk) => {
        chunks.push(chunk)
        pending += chunk.length
        size += chunk.length
        if (pending > inMemory || (file === undefined && this.#held + size > memoryLimit)) flush()
      },
      finish: () => {
        if (file === undefined) return this.#inMemory(Buffer.concat(chunks))
        flush()
        closeSync(file.descriptor)
        return fileContent(file.path, size)
      },
      discard: () => {
        if (file === undefined) return
        closeSync(file.descriptor)
        rmSync(file.path)
      },
    }
  }

  /** Removes everything. */
  close(): void {
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true })
  }

  #openFile(): { path: string; descriptor: number } {
    this.#directory ??= mkdtempSync(join(this.#parent, 'bakthat-emulator-'))
    const path = join(this.#directory, String(this.#files++))
    return { path, descriptor: openSync(path, 'wx') }
  }

  #inMemory(bytes: Buffer): Content {
    this.#held += bytes.length
    return {
      size: bytes.length,
      read: (start, end) => [bytes.subarray(start, end)],
      release: () => {
        this.#held -= bytes.length
      },
    }
  }
}

function unwritten(chunks: readonly Uint8Array[], written: number): Uint8Array[] {
  let left = written
  return chunks.flatMap((chunk) => {
    const from = Math.min(left, chunk.length)
    left -= from
    return from === chunk.length ? [] : [chunk.subarray(from)]
  })
}

function fileContent(path: string, size: number): Content {
  return {
    size,
    *read(start, end) {
      const descriptor = openSync(path, 'r')
      try {
        for (let at = start; at < end;) {
          const block = Buffer.allocUnsafe(Math.min(blockSize, end - at))
          const count = readSync(descriptor, block, 0, block.length, at)
          if (count === 0) throw new Error(`${path} is too short`)
          at += count
          yield block.subarray(0, count)
        }
      } finally {
        closeSync(descriptor)
      }
    },
    release: () => {
      rmSync(path, { force: true })
    },
  }
}

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
