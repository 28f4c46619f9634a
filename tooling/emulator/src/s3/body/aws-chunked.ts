import { createHash } from 'node:crypto'

import type { Verified } from '../../signature/verify.js'
import { isSame } from '../../signature/verify.js'
import { emptySha256, scopeText, sha256Hex, sign } from '../../signature/signing.js'
import type { Credential } from '../../credentials.js'
import { S3Failure } from '../failure.js'

/** What signs the chunks of a body, each with the signature of the one before. */
export type ChunkSigner = Pick<Verified<Credential>, 'signature' | 'timestamp' | 'scope' | 'key'>

export interface ChunkedBody {
  /** Absent where chunks are not signed. */
  readonly signer: ChunkSigner | undefined
  /** Whether headers come after the last chunk, and are signed there. */
  readonly hasTrailer: boolean
  /** Told the trailing headers, by lower-case name. */
  readonly onTrailer: (name: string, value: string) => void
}

/**
 * Takes a body in `aws-chunked` encoding apart and yields what is in it:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html. Data is yielded before its chunk's signature is
 * checked, which is at the end of the chunk; nothing may be made of it before the body has ended.
 */
export async function* decodeChunks(body: AsyncIterable<Uint8Array>, options: ChunkedBody): AsyncGenerator<Uint8Array> {
  const input = new Input(body)
  const check = new ChunkSignatures(options.signer)
  while (true) {
    const { size, signature } = parseChunkHeader(await input.line())
    check.begin(signature)
    for await (const data of input.bytes(size)) {
      check.update(data)
      yield data
    }
    check.end()
    if (size === 0) break
    if ((await input.line()) !== '') throw malformed('a chunk is longer than it says')
  }
  await readTrailer(input, check, options)
}

async function readTrailer(
  input: Input,
  check: ChunkSignatures,
  { hasTrailer, signer, onTrailer }: ChunkedBody,
): Promise<void> {
  let signed = ''
  let signature: string | undefined
  for (let line = await input.lineOrEnd(); line !== undefined && line !== ''; line = await input.lineOrEnd()) {
    const [, name = '', value = ''] = /^([^:]+):(.*)$/.exec(line) ?? []
    if (!hasTrailer || name === '') throw malformedTrailer(line)
    if (name.toLowerCase() === 'x-amz-trailer-signature') {
      signature = value.trim()
      continue
    }
    signed += `${name.toLowerCase()}:${value.trim()}\n`
    onTrailer(name.toLowerCase(), value.trim())
  }
  await input.end()
  if (hasTrailer && signer !== undefined) check.trailer(signed, signature)
}

function parseChunkHeader(line: string): { readonly size: number; readonly signature: string | undefined } {
  const [, size, signature] = /^([\da-f]{1,12})(?:;chunk-signature=([\da-f]{64}))?$/i.exec(line) ?? []
  if (size === undefined) throw malformed('a chunk has no size')
  return { size: Number.parseInt(size, 16), signature }
}

class ChunkSignatures {
  readonly #signer: ChunkSigner | undefined
  #previous: string
  #claimed = ''
  #hash = createHash('sha256')

  constructor(signer: ChunkSigner | undefined) {
    this.#signer = signer
    this.#previous = signer?.signature ?? ''
  }

  begin(signature: string | undefined): void {
    if ((signature === undefined) !== (this.#signer === undefined))
      throw malformed('a chunk is signed, and should not be, or the other way round')
    this.#claimed = signature ?? ''
    this.#hash = createHash('sha256')
  }

  update(data: Uint8Array): void {
    if (this.#signer !== undefined) this.#hash.update(data)
  }

  end(): void {
    if (this.#signer === undefined) return
    const { timestamp, scope } = this.#signer
    const toSign = [
      'AWS4-HMAC-SHA256-PAYLOAD',
      timestamp,
      scopeText(scope),
      this.#previous,
      emptySha256,
      this.#hash.digest('hex'),
    ]
    this.#compare(toSign, this.#claimed)
  }

  trailer(headers: string, signature: string | undefined): void {
    if (signature === undefined) throw malformedTrailer('x-amz-trailer-signature is missing')
    const { timestamp, scope } = this.#signer!
    this.#compare(
      ['AWS4-HMAC-SHA256-TRAILER', timestamp, scopeText(scope), this.#previous, sha256Hex(headers)],
      signature,
    )
  }

  #compare(toSign: readonly string[], claimed: string): void {
    const signature = sign(this.#signer!.key, toSign.join('\n'))
    if (!isSame(signature, claimed)) {
      throw new S3Failure('SignatureDoesNotMatch', 'The signature of a chunk does not match what came', {
        StringToSign: toSign.join('\n'),
        SignatureProvided: claimed,
      })
    }
    this.#previous = signature
  }
}

/** Bytes of a stream, by line and by number. */
class Input {
  readonly #source: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    const line = await this.lineOrEnd()
    if (line === undefined) throw new S3Failure('IncompleteBody', 'The request body terminated unexpectedly')
    return line
  }

  /** A line without its end, or nothing at the end of the stream. */
  async lineOrEnd(): Promise<string | undefined> {
    while (true) {
      const end = this.#rest.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end)
        this.#rest = this.#rest.subarray(end + 2)
        return line
      }
      if (this.#rest.length > 8192) throw malformed('a line does not end')
      if (await this.#more()) continue
      if (this.#rest.length > 0) throw new S3Failure('IncompleteBody', 'The request body terminated unexpectedly')
      return undefined
    }
  }

  async *bytes(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0 && !(await this.#more())) {
        throw new S3Failure('IncompleteBody', 'The request body terminated unexpectedly')
      }
      const data = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(data.length)
      left -= data.length
      yield data
    }
  }

  async end(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#more())) throw malformed('something comes after the end')
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next()
    if (next.done === true) return false
    const { value } = next
    this.#rest =
      this.#rest.length === 0
        ? Buffer.from(value.buffer, value.byteOffset, value.length)
        : Buffer.concat([this.#rest, value])
    return true
  }
}

function malformed(why: string): S3Failure {
  return new S3Failure('InvalidRequest', `The body is not well-formed aws-chunked: ${why}`)
}

function malformedTrailer(why: string): S3Failure {
  return new S3Failure('MalformedTrailerError', `The request contained trailing data that was not well-formed: ${why}`)
}
