import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib'
import { damaged, truncated } from '../compression/damage.js'
import type { ByteSource } from './byte-source.js'

/** Given to the inflater at once, so that what a bomb makes of it stays small. */
const inputSize = 32 * 1024
const outputSize = 256 * 1024

/**
 * Decompresses gzip members, one after the other (RFC 1952). Node's own gunzip reads them too, but takes zeros or garbage after the
 * last one for damage or for nothing; here whoever asks learns where the last member ended. Throws `INTEGRITY` for damaged and
 * truncated members. Ends at what is no member, without consuming it.
 */
export async function* gunzipMembers(source: ByteSource): AsyncGenerator<Uint8Array> {
  while (isGzipMember(await source.peek(2))) {
    await skipHeader(source)
    yield* inflate(source)
  }
}

/** Whether a gzip member begins so. */
export function isGzipMember(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

const flag = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const

async function skipHeader(source: ByteSource): Promise<void> {
  const header = await take(source, 10)
  const flags = header[3]!
  if (header[2] !== 8 || (flags & flag.reserved) !== 0) throw damaged()
  if ((flags & flag.extra) !== 0) {
    const size = await take(source, 2)
    await take(source, size[0]! + 256 * size[1]!)
  }
  if ((flags & flag.name) !== 0) await skipText(source)
  if ((flags & flag.comment) !== 0) await skipText(source)
  if ((flags & flag.headerChecksum) !== 0) await take(source, 2)
}

async function skipText(source: ByteSource): Promise<void> {
  for (;;) {
    const bytes = await source.bytes()
    if (bytes.length === 0) throw truncated()
    const end = bytes.indexOf(0)
    source.consume(end < 0 ? bytes.length : end + 1)
    if (end >= 0) return
  }
}

async function* inflate(source: ByteSource): AsyncGenerator<Uint8Array> {
  const inflater = new Inflater()
  let checksum = 0
  let size = 0
  try {
    while (!inflater.hasEnded) {
      const bytes = await source.bytes()
      if (bytes.length === 0) throw truncated()
      source.consume(await inflater.write(bytes.subarray(0, inputSize)))
      for (const piece of inflater.takeOutput()) {
        checksum = crc32(piece, checksum)
        size += piece.length
        yield piece
      }
    }
  } finally {
    inflater.close()
  }
  const trailer = Buffer.from(await take(source, 8))
  if (trailer.readUInt32LE(0) !== checksum || trailer.readUInt32LE(4) !== size % 2 ** 32) throw damaged()
}

/** Node's inflater, of which one can learn how much of its input it took. */
class Inflater {
  readonly #stream: InflateRaw = createInflateRaw({ chunkSize: outputSize })
  #output: Uint8Array[] = []
  #taken = 0
  #hasEnded = false

  constructor() {
    this.#stream.on('data', (piece: Uint8Array) => this.#output.push(piece))
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Gives how much of the bytes it took: all, unless the compressed data ends within them. */
  write(bytes: Uint8Array): Promise<number> {
    const stream = this.#stream
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        stream.removeAllListeners('error').removeAllListeners('end')
        const taken = stream.bytesWritten - this.#taken
        this.#taken = stream.bytesWritten
        resolve(taken)
      }
      stream.once('end', () => {
        this.#hasEnded = true
        settle()
      })
      stream.once('error', (error) => {
        reject(translate(error))
      })
      stream.write(bytes, (error) => {
        if (error === undefined || error === null) settle()
      })
    })
  }

  takeOutput(): readonly Uint8Array[] {
    const output = this.#output
    this.#output = []
    return output
  }

  close(): void {
    this.#stream.removeAllListeners('error').on('error', () => undefined)
    this.#stream.destroy()
  }
}

async function take(source: ByteSource, length: number): Promise<Uint8Array> {
  const bytes = await source.peek(length)
  if (bytes.length < length) throw truncated()
  source.consume(length)
  return bytes
}

function translate(error: NodeJS.ErrnoException): Error {
  return error.code?.startsWith('Z_') === true ? damaged(error) : error
}
