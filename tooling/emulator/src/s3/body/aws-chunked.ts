import { ChunkSignatures, type ChunkSigner } from './chunk-signatures.js'
import { Input } from './input.js'
import { malformed, malformedTrailer } from './malformed.js'

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
