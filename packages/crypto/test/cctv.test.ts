import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { decrypt, type Bytes, type DecryptionKeys } from '@bakthat/crypto'
import * as vectors from 'cctv-age'
import { chunked, outcomeOf, verdict, type Outcome } from './support.js'

interface Vector {
  readonly name: string
  readonly expect: string
  readonly payload: string | undefined
  readonly file: Uint8Array
  readonly keys: DecryptionKeys
}

function parse([name, bytes]: [string, Uint8Array]): Vector {
  const text = Buffer.from(bytes).toString('latin1')
  const end = text.indexOf('\n\n')
  const fields = text.slice(0, end).split('\n')
  const values = (key: string): string[] =>
    fields.filter((field) => field.startsWith(`${key}: `)).map((field) => field.slice(key.length + 2))
  const file = bytes.subarray(end + 2)
  const [passphrase] = values('passphrase')
  return {
    name,
    expect: values('expect')[0] ?? '',
    payload: values('payload')[0],
    file: values('compressed')[0] === 'zlib' ? inflateSync(file) : file,
    keys: { identities: values('identity'), passphrase: () => Promise.resolve(passphrase) },
  }
}

const all = Object.entries(vectors as Record<string, Uint8Array>).map(parse)

const codes: Record<string, string> = {
  success: 'ok',
  'no match': 'WRONG_KEY',
  'HMAC failure': 'INTEGRITY',
  'header failure': 'INTEGRITY',
  'payload failure': 'INTEGRITY',
  'armor failure': 'INTEGRITY',
}

/** Failures for which there is a better word than damage. */
const exceptions: Record<string, string> = {
  empty: 'INVALID_INPUT',
  armor_garbage_leading: 'INVALID_INPUT',
  armor_lowercase: 'INVALID_INPUT',
  armor_wrong_type: 'INVALID_INPUT',
  armor_whitespace_begin: 'INVALID_INPUT',
  scrypt_work_factor_23: 'UNSAFE_ARCHIVE',
  scrypt_work_factor_overflow: 'UNSAFE_ARCHIVE',
}

/**
 * Here the reference hands a full chunk over before it looks whether anything follows, as it should or should not; ours
 * looks first, and hands over one chunk less.
 */
const heldBack: readonly string[] = [
  'armor_garbage_encoded',
  'stream_no_final_full',
  'stream_no_final_two_chunks_full',
  'stream_trailing_garbage_long',
  'stream_trailing_garbage_short',
  'stream_two_final_chunks',
  'stream_two_final_chunks_full',
  'stream_two_final_chunks_second',
]

function check(vector: Vector, outcome: Outcome): void {
  expect(verdict(outcome)).toBe(exceptions[vector.name] ?? codes[vector.expect])
  const digest = createHash('sha256').update(outcome.released).digest('hex')
  if (vector.payload === undefined) expect(outcome.released).toHaveLength(0)
  else if (heldBack.includes(vector.name)) expect(outcome.released.length % 65_536).toBe(0)
  else expect(digest).toBe(vector.payload)
}

/** The middle of the few vectors of 16 MiB comes in larger chunks, or each would take many seconds. */
async function* byteByByte(file: Uint8Array): Bytes {
  const edge = 150_000
  yield* chunked(file.subarray(0, edge), 1)
  if (file.length > 2 * edge) yield* chunked(file.subarray(edge, -edge), 65_521)
  if (file.length > edge) yield* chunked(file.subarray(Math.max(edge, file.length - edge)), 1)
}

describe('the age test vectors', () => {
  it('are all there', () => {
    expect(all).toHaveLength(143)
  })

  it.each(all)('$name, whole: $expect', async (vector) => {
    check(vector, await outcomeOf(decrypt(chunked(vector.file), vector.keys)))
  })

  it.each(all)('$name, in chunks of 65,521 bytes: $expect', async (vector) => {
    check(vector, await outcomeOf(decrypt(chunked(vector.file, 65_521), vector.keys)))
  })

  it.each(all)('$name, one byte at a time: $expect', async (vector) => {
    check(vector, await outcomeOf(decrypt(byteByByte(vector.file), vector.keys)))
  })
})
