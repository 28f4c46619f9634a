import { beforeAll, describe, expect, it } from '@jest/globals'
import { generateIdentity, prepareEncryption, unlockParts, type KeyPair, type Parts } from '@bakthat/crypto'
import fc from 'fast-check'
import { chunked, collected, outcomeOf, verdict } from './support.js'

const chunk = 65_536
const sealedChunk = chunk + 16

let pair: KeyPair
beforeAll(async () => {
  pair = await generateIdentity()
})

function plain(length: number): Buffer {
  return Buffer.from(
    Uint32Array.from({ length: Math.ceil(length / 4) }, (_, at) => at * 2_654_435_761).buffer,
    0,
    length,
  )
}

async function sealed(plaintext: Uint8Array, recipients = [pair.recipient]): Promise<Buffer> {
  const { encrypt } = await prepareEncryption({ recipients })
  return collected(encrypt(chunked(plaintext)))
}

/** A file in memory, and what of it was asked for. */
function held(bytes: Uint8Array): Parts & { readonly asked: [number, number][] } {
  const asked: [number, number][] = []
  const read = (start: number, end: number): ReturnType<typeof chunked> => {
    asked.push([start, end])
    return chunked(bytes.subarray(start, end), 10_000)
  }
  return { size: bytes.length, asked, read }
}

describe('parts of an age file', () => {
  const lengths = fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -17, max: 17 })).map(([n, by]) => n * chunk + by),
  )

  it('are those of its plaintext, at the cost of the chunks that they lie in', async () => {
    const property = fc.asyncProperty(lengths, fc.nat(), fc.nat(), async (length, one, other) => {
      const plaintext = plain(length)
      const file = held(await sealed(plaintext))
      const parts = await unlockParts(file, { identities: [pair.identity] })
      expect(parts.size).toBe(length)
      if (length === 0) return
      const [start, end] = [one % length, (other % length) + 1].sort((a, b) => a - b) as [number, number]
      if (start === end) return
      file.asked.length = 0
      expect((await collected(parts.read(start, end))).equals(plaintext.subarray(start, end))).toBe(true)
      const [[from, to]] = file.asked as [[number, number]]
      expect(to - from).toBeLessThan(end - start + 2 * sealedChunk)
    })
    await fc.assert(property, { numRuns: 60, seed: 3, examples: [[0, 0, 0]] })
  })

  it('are damaged where any of their chunks is, or stands elsewhere, and not where another is', async () => {
    const file = await sealed(plain(4 * chunk))
    const head = file.length - 4 * sealedChunk
    const read = async (bytes: Buffer, start: number, end: number): Promise<unknown> =>
      verdict(await outcomeOf((await unlockParts(held(bytes), { identities: [pair.identity] })).read(start, end)))
    const flipped = Buffer.from(file)
    flipped[head + 2 * sealedChunk + 100]! ^= 1
    expect(await read(flipped, chunk, 2 * chunk)).toBe('ok')
    expect(await read(flipped, chunk, 2 * chunk + 1)).toBe('INTEGRITY')
    expect(await read(flipped, 3 * chunk, 4 * chunk)).toBe('ok')
    const swapped = Buffer.from(file)
    file.copy(swapped, head, head + sealedChunk, head + 2 * sealedChunk)
    expect(await read(swapped, 0, 10)).toBe('INTEGRITY')
    const short = file.subarray(0, head + 3 * sealedChunk)
    expect(await read(short, 0, 10)).toBe('ok')
    expect(await read(short, 2 * chunk, 3 * chunk)).toBe('INTEGRITY')
  })

  it('are damaged where the file gives fewer bytes than it should', async () => {
    const bytes = await sealed(plain(3 * chunk))
    const file = {
      size: bytes.length,
      read: (start: number, end: number) => chunked(bytes.subarray(start, end - sealedChunk)),
    }
    const parts = await unlockParts(
      { ...file, read: (start, end) => (start === 0 ? chunked(bytes) : file.read(start, end)) },
      { identities: [pair.identity] },
    )
    expect(verdict(await outcomeOf(parts.read(0, 2 * chunk)))).toBe('INTEGRITY')
  })

  it('cost one request for the header, and another where it has hundreds of recipients', async () => {
    const file = held(await sealed(plain(300_000)))
    await unlockParts(file, { identities: [pair.identity] })
    expect(file.asked).toEqual([[0, chunk]])
    const many = held(
      await sealed(
        plain(3),
        Array.from({ length: 700 }, () => pair.recipient),
      ),
    )
    const parts = await unlockParts(many, { identities: [pair.identity] })
    expect([parts.size, many.asked.length]).toEqual([3, 2])
  })

  it.each([
    ['a file that is none of age', Buffer.from('no age file at all'), 'INVALID_INPUT'],
    ['an armored one', Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\nYQ==\n'), 'UNSUPPORTED'],
    ['one that ends in its header', Buffer.from('age-encryption.org/v1\n-> X25519 a\n'), 'INTEGRITY'],
  ])('of %s are refused', async (_, bytes, code) => {
    await expect(unlockParts(held(bytes), { identities: [pair.identity] })).rejects.toMatchObject({ code })
  })

  it('are refused without the key, and where no payload has that size', async () => {
    const { identity } = await generateIdentity()
    const file = await sealed(plain(chunk + 1))
    await expect(unlockParts(held(file), { identities: [identity] })).rejects.toMatchObject({ code: 'WRONG_KEY' })
    for (const cut of [2, 16, sealedChunk + 17]) {
      const short = held(file.subarray(0, file.length - cut))
      await expect(unlockParts(short, { identities: [pair.identity] })).rejects.toMatchObject({ code: 'INTEGRITY' })
    }
  })
})
