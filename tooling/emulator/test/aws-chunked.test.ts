import { describe, expect, it } from '@jest/globals'
import { decodeChunks } from '@bakthat/emulator/s3/body/aws-chunked'
import type { ChunkSigner } from '@bakthat/emulator/s3/body/chunk-signatures'
import { signingKey } from '@bakthat/emulator/signature/signing'
import fc from 'fast-check'

/** The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html: 65 KiB of `a` in two chunks. */
const scope = { date: '20130524', region: 'us-east-1', service: 's3' }
const signer: ChunkSigner = {
  signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  timestamp: '20130524T000000Z',
  scope,
  key: signingKey('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', scope),
}
const published = [
  [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
  [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
  [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
] as const
const encoded = Buffer.from(
  published
    .map(([size, signature]) => `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}\r\n`)
    .join(''),
)

async function* cut(bytes: Uint8Array, at: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [...new Set([0, ...at.filter((place) => place < bytes.length), bytes.length])].sort(
    (one, other) => one - other,
  )
  for (const [index, place] of places.slice(1).entries()) yield bytes.subarray(places[index], place)
}

interface Decoded {
  readonly text: string
  readonly trailer: Record<string, string>
}

async function decode(
  bytes: Uint8Array,
  options: { signer?: ChunkSigner; hasTrailer?: boolean; at?: readonly number[] } = {},
): Promise<Decoded> {
  const trailer: Record<string, string> = {}
  const chunks = decodeChunks(cut(bytes, options.at ?? []), {
    signer: options.signer,
    hasTrailer: options.hasTrailer ?? false,
    onTrailer: (name, value) => (trailer[name] = value),
  })
  let text = ''
  for await (const chunk of chunks) text += Buffer.from(chunk).toString('latin1')
  return { text, trailer }
}

describe('a body in signed chunks', () => {
  it('is taken as AWS published it, however it is cut on the way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(encoded.length)), async (at) => {
        expect((await decode(encoded, { signer, at })).text).toBe('a'.repeat(66_560))
      }),
      { numRuns: 30 },
    )
  })

  it.each([0, 50_000, 65_700, encoded.length - 20])('is refused with its byte %d changed', async (at) => {
    const changed = Buffer.from(encoded)
    changed[at]! ^= 1
    await expect(decode(changed, { signer })).rejects.toMatchObject({
      code: expect.stringMatching(/SignatureDoesNotMatch|InvalidRequest|IncompleteBody/),
    })
  })

  it('is refused with a chunk left out, and cut anywhere', async () => {
    const [first] = [encoded.indexOf('400;')]
    await expect(decode(Buffer.concat([encoded.subarray(first)]), { signer })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    for (const end of [10, 1000, first, encoded.length - 4]) {
      await expect(decode(encoded.subarray(0, end), { signer })).rejects.toBeDefined()
    }
  })

  it('is refused without signatures where they are due, and with them where they are not', async () => {
    await expect(decode(encoded)).rejects.toMatchObject({ code: 'InvalidRequest' })
    await expect(decode(Buffer.from('0\r\n\r\n'), { signer })).rejects.toMatchObject({ code: 'InvalidRequest' })
  })
})

/** The example with a trailer, of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html */
describe('a trailer', () => {
  const withTrailer = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n'

  it('comes after the chunks', async () => {
    const decoded = await decode(Buffer.from(withTrailer), { hasTrailer: true })
    expect(decoded).toEqual({ text: 'hello', trailer: { 'x-amz-checksum-crc32': 'NhCmhg==' } })
  })

  it.each([
    ['where none was announced', withTrailer, false],
    ['that is no header', withTrailer.replace(':', ' '), true],
    ['with something after it', `${withTrailer}more`, true],
    ['after a chunk that is longer than it says', withTrailer.replace('hello', 'hello!'), true],
  ])('is refused %s', async (_, text, hasTrailer) => {
    await expect(decode(Buffer.from(text), { hasTrailer })).rejects.toMatchObject({ status: 400 })
  })

  it('of signed chunks is signed itself', async () => {
    const trailing = {
      ...signer,
      signature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
    }
    const chunks = [
      [65_536, 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2'],
      [1024, '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7'],
      [0, '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992'],
    ] as const
    const body = chunks
      .map(
        ([size, signature]) =>
          `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}${size === 0 ? '' : '\r\n'}`,
      )
      .join('')
    const tail = 'x-amz-checksum-crc32c:sOO8/Q==\r\n'
    const signature = 'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n'
    const whole = (text: string) => decode(Buffer.from(text), { signer: trailing, hasTrailer: true })
    expect((await whole(body + tail + signature)).trailer).toEqual({ 'x-amz-checksum-crc32c': 'sOO8/Q==' })
    await expect(whole(body + tail.replace('s', 't') + signature)).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    await expect(whole(`${body}${tail}\r\n`)).rejects.toMatchObject({ code: 'MalformedTrailerError' })
  })
})
