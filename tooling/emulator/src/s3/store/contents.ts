import { closeSync, mkdtempSync, openSync, readSync, rmSync, writevSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes that are kept. */
export interface Content {
  readonly size: number
  /** From one byte to before another. A chunk is lent until the next one is asked for. */
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
      const block = Buffer.allocUnsafe(Math.min(blockSize, end - start))
      try {
        for (let at = start; at < end;) {
          const count = readSync(descriptor, block, 0, Math.min(block.length, end - at), at)
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
