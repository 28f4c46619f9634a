import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { BakthatError } from '@bakthat/errors'
import { ChunkCutter } from './chunk-cutter.js'
import type { Bytes } from './types.js'

/** STREAM as age defines it: ChaCha20-Poly1305 over chunks of 64 KiB. */
const algorithm = 'chacha20-poly1305'
const chunkSize = 65_536
const tagSize = 16

/** Bytes of the nonce that stands before the payload. */
export const payloadNonceSize = 16

/** The key of the payload that follows this nonce. */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32))
}

/**
 * Seals a payload. Hands each chunk over as the cipher gave it and its tag after it: joining them would copy every byte,
 * which costs a fifth of the speed, and whoever writes them gathers anyway.
 */
export async function* sealPayload(key: Uint8Array, plaintext: Bytes): AsyncGenerator<Uint8Array> {
  const nonce = new ChunkNonce()
  const cutter = new ChunkCutter(chunkSize)
  for await (const input of plaintext) {
    for (const chunk of cutter.push(input)) {
      const { ciphertext, tag } = sealChunk(key, nonce, chunk)
      yield ciphertext
      yield tag
    }
  }
  nonce.markLast()
  const { ciphertext, tag } = sealChunk(key, nonce, cutter.end())
  if (ciphertext.length > 0) yield ciphertext
  yield tag
}

/** Opens a payload chunk by chunk: every byte it hands over is authentic, and its end only where the file's end is. */
export function openPayload(key: Uint8Array, ciphertext: Bytes): AsyncGenerator<Uint8Array> {
  return openChunks(key, ciphertext, 0, true)
}

/** Opens chunks of a payload that follow each other, up to its last one or not. */
async function* openChunks(
  key: Uint8Array,
  ciphertext: Bytes,
  first: number,
  toItsEnd: boolean,
): AsyncGenerator<Uint8Array> {
  const nonce = new ChunkNonce(first)
  const cutter = new ChunkCutter(chunkSize + tagSize)
  for await (const input of ciphertext) {
    for (const chunk of cutter.push(input)) yield openChunk(key, nonce, chunk)
  }
  if (toItsEnd) nonce.markLast()
  const last = openChunk(key, nonce, cutter.end())
  if (last.length > 0) yield last
  else if (nonce.counter > 1) throw damaged(nonce.counter)
}

/** Where a part of the plaintext lies in a payload of that many bytes, and how to open it. */
export interface PayloadPart {
  /** First byte and (exclusive) end of the payload: whole chunks. */
  readonly start: number
  readonly end: number
  /** Opens them, and gives the part. */
  readonly open: (key: Uint8Array, ciphertext: Bytes) => Bytes
}

/** Bytes of plaintext in a payload of that many. Throws `INTEGRITY` where no payload has so many. */
export function plaintextSize(payloadSize: number): number {
  const chunks = Math.ceil(payloadSize / (chunkSize + tagSize))
  if ((payloadSize - 1) % (chunkSize + tagSize) >= tagSize - 1) return payloadSize - chunks * tagSize
  throw damaged(Math.max(chunks, 1))
}

/** The part of the plaintext from its byte `start` to `end` (exclusive), which is not empty and within it. */
export function partOfPayload(payloadSize: number, start: number, end: number): PayloadPart {
  const first = Math.floor(start / chunkSize)
  const last = Math.floor((end - 1) / chunkSize)
  const sealed = {
    start: first * (chunkSize + tagSize),
    end: Math.min(payloadSize, (last + 1) * (chunkSize + tagSize)),
  }
  const skipped = start - first * chunkSize
  return {
    ...sealed,
    open: (key, ciphertext) =>
      slice(openChunks(key, ciphertext, first, sealed.end === payloadSize), skipped, skipped + end - start),
  }
}

async function* slice(bytes: Bytes, start: number, end: number): AsyncGenerator<Uint8Array> {
  let at = 0
  for await (const chunk of bytes) {
    const wanted = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at))
    if (wanted.length > 0) yield wanted
    at += chunk.length
  }
  if (at < end) throw damaged(Math.ceil(at / chunkSize) + 1)
}

function sealChunk(
  key: Uint8Array,
  nonce: ChunkNonce,
  chunk: Uint8Array,
): { readonly ciphertext: Uint8Array; readonly tag: Uint8Array } {
  const cipher = createCipheriv(algorithm, key, nonce.next(), { authTagLength: tagSize })
  const ciphertext = cipher.update(chunk)
  cipher.final()
  return { ciphertext, tag: cipher.getAuthTag() }
}

function openChunk(key: Uint8Array, nonce: ChunkNonce, chunk: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(algorithm, key, nonce.next(), { authTagLength: tagSize })
  if (chunk.length < tagSize) throw damaged(nonce.counter)
  decipher.setAuthTag(chunk.subarray(-tagSize))
  const plaintext = decipher.update(chunk.subarray(0, -tagSize))
  try {
    decipher.final()
  } catch {
    throw damaged(nonce.counter)
  }
  return plaintext
}

/** Eleven bytes of big-endian counter, then one that is 1 for the last chunk only. */
class ChunkNonce {
  readonly #bytes = Buffer.alloc(12)
  /** Of the next one; so many came before it. */
  counter: number

  constructor(first = 0) {
    this.counter = first
  }

  next(): Uint8Array {
    this.#bytes.writeUIntBE(this.counter, 5, 6)
    this.counter += 1
    return this.#bytes
  }

  markLast(): void {
    this.#bytes[11] = 1
  }
}

function damaged(chunk: number): BakthatError {
  return new BakthatError('INTEGRITY', `the age file is damaged or cut off at chunk ${chunk} of its payload`, {
    hint: 'fetch the file again, or use another copy',
  })
}
