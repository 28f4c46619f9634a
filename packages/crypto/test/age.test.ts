import { beforeAll, describe, expect, it } from '@jest/globals'
import { decrypt, generateIdentity, isAge, prepareEncryption, unlock, type Bytes, type KeyPair } from '@bakthat/crypto'
import fc from 'fast-check'
import { chunked, collected, outcomeOf, verdict } from './support.js'

const chunk = 65_536
const sealedChunk = chunk + 16

let pair: KeyPair
beforeAll(async () => {
  pair = await generateIdentity()
})

async function sealed(plaintext: Bytes): Promise<Buffer> {
  const { encrypt } = await prepareEncryption({ recipients: [pair.recipient] })
  return collected(encrypt(plaintext))
}

function opened(file: Bytes): Bytes {
  return decrypt(file, { identities: [pair.identity] })
}

/** As RFC 7468 has it, which age takes. */
function armored(file: Buffer): Buffer {
  const lines = file.toString('base64').match(/.{1,64}/g) ?? []
  return Buffer.from(
    ['-----BEGIN AGE ENCRYPTED FILE-----', ...lines, '-----END AGE ENCRYPTED FILE-----', ''].join('\n'),
  )
}

function pattern(length: number): Buffer {
  return Buffer.from(
    Uint32Array.from({ length: Math.ceil(length / 4) }, (_, index) => index * 2_654_435_761).buffer,
  ).subarray(0, length)
}

function headerLength(file: Buffer): number {
  return file.indexOf('\n', file.indexOf('\n---') + 1) + 1
}

function flipped(file: Buffer, byte: number, bit: number): Buffer {
  const damaged = Buffer.from(file)
  damaged[byte]! ^= 1 << bit
  return damaged
}

describe('encrypting and decrypting', () => {
  const lengths = fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: -17, max: 17 }))
      .map(([chunks, offset]) => chunks * chunk + offset),
    fc.integer({ min: 0, max: 6 * chunk }),
  )
  const cuts = fc.array(
    fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.constantFrom(chunk, sealedChunk, 2 * chunk)),
    {
      minLength: 1,
      maxLength: 5,
    },
  )

  it('gives every plaintext back, however both streams are cut', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, cuts, cuts, async (length, plaintextCuts, fileCuts) => {
        const plaintext = pattern(length)
        const file = await sealed(chunked(plaintext, ...plaintextCuts))
        expect(file.length - headerLength(file)).toBe(16 + length + 16 * Math.max(1, Math.ceil(length / chunk)))
        expect((await collected(opened(chunked(file, ...fileCuts)))).equals(plaintext)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('takes one byte at a time, and empty chunks', async () => {
    const plaintext = pattern(chunk + 5)
    async function* source(): Bytes {
      yield new Uint8Array()
      yield* chunked(plaintext, 1)
      yield new Uint8Array()
    }
    expect((await collected(opened(chunked(await sealed(source()), 1)))).equals(plaintext)).toBe(true)
  })

  it('works with a post-quantum identity', async () => {
    const { identity, recipient } = await generateIdentity({ postQuantum: true })
    const { encrypt } = await prepareEncryption({ recipients: [recipient] })
    const file = await collected(encrypt(chunked(Buffer.from('data'))))
    expect((await collected(decrypt(chunked(file), { identities: [identity] }))).toString()).toBe('data')
  })

  it('works with a passphrase, whatever characters it has', async () => {
    const passphrase = ' pässwörd-密码\n'
    const { encrypt } = await prepareEncryption({ passphrase, workFactor: 2 })
    const file = await collected(encrypt(chunked(Buffer.from('data'))))
    const plaintext = await collected(decrypt(chunked(file), { passphrase: () => Promise.resolve(passphrase) }))
    expect(plaintext.toString()).toBe('data')
  })

  it('opens for any one of several recipients', async () => {
    const others = await Promise.all([generateIdentity(), generateIdentity()])
    const pairs = [...others, pair]
    const { encrypt } = await prepareEncryption({ recipients: pairs.map(({ recipient }) => recipient) })
    const file = await collected(encrypt(chunked(Buffer.from('data'))))
    for (const { identity } of pairs)
      expect((await collected(decrypt(chunked(file), { identities: [identity] }))).toString()).toBe('data')
  })

  it('gives each file of one encryptor its own key, for recipients and for passphrases', async () => {
    for (const keys of [{ recipients: [pair.recipient] }, { passphrase: 'secret', workFactor: 1 }]) {
      const { encrypt } = await prepareEncryption(keys)
      const [one, two] = [await collected(encrypt(chunked(pattern(9)))), await collected(encrypt(chunked(pattern(9))))]
      const length = headerLength(one)
      expect(one.subarray(0, length).equals(two.subarray(0, length))).toBe(false)
      expect(one.subarray(length).equals(two.subarray(length))).toBe(false)
    }
  })

  it('never touches what it was given or has handed over', async () => {
    const plaintext = pattern(5 * chunk)
    const copy = Buffer.from(plaintext)
    const copies: Buffer[] = []
    const outputs: Uint8Array[] = []
    const { encrypt } = await prepareEncryption({ recipients: [pair.recipient] })
    for await (const output of encrypt(chunked(copy, chunk / 2))) {
      outputs.push(output)
      copies.push(Buffer.from(output))
    }
    expect(copy.equals(plaintext)).toBe(true)
    expect(Buffer.concat(outputs).equals(Buffer.concat(copies))).toBe(true)
  })
})

describe('the streams', () => {
  function watched(bytes: Bytes): { bytes: Bytes; seen: { reads: number; released: boolean } } {
    const seen = { reads: 0, released: false }
    async function* pass(): Bytes {
      try {
        for await (const piece of bytes) {
          seen.reads += 1
          yield piece
        }
      } finally {
        seen.released = true
      }
    }
    return { bytes: pass(), seen }
  }

  it('read nothing before they are asked, and no more than they must', async () => {
    const source = watched(chunked(pattern(20 * chunk), chunk))
    const { encrypt } = await prepareEncryption({ recipients: [pair.recipient] })
    const file = encrypt(source.bytes)[Symbol.asyncIterator]()
    expect(source.seen.reads).toBe(0)
    await file.next()
    await file.next()
    expect(source.seen.reads).toBe(2)
  })

  it('decrypt while the file is still arriving', async () => {
    const source = watched(chunked(await sealed(chunked(pattern(20 * chunk))), chunk))
    const plaintext = opened(source.bytes)[Symbol.asyncIterator]()
    expect(source.seen.reads).toBe(0)
    expect((await plaintext.next()).value).toHaveLength(chunk)
    expect(source.seen.reads).toBe(2)
  })

  it.each(['encrypt', 'decrypt'] as const)(
    'release their source when the reader stops early: %s',
    async (direction) => {
      const source = watched(
        chunked(direction === 'encrypt' ? pattern(20 * chunk) : await sealed(chunked(pattern(20 * chunk))), chunk),
      )
      const { encrypt } = await prepareEncryption({ recipients: [pair.recipient] })
      let taken = 0
      for await (const piece of direction === 'encrypt' ? encrypt(source.bytes) : opened(source.bytes)) {
        taken += piece.length
        if (taken > chunk) break
      }
      expect(source.seen.released).toBe(true)
    },
  )

  it('release their source when what was unlocked is not read at all', async () => {
    for (const armor of [false, true]) {
      const file = await sealed(chunked(pattern(20 * chunk)))
      const source = watched(chunked(armor ? armored(file) : file, chunk))
      const { bytes } = await unlock(source.bytes, { identities: [pair.identity] })
      expect(source.seen.released).toBe(false)
      await bytes[Symbol.asyncIterator]().return?.()
      expect(source.seen.released).toBe(true)
    }
  })

  it('decrypt in two halves as in one, the second by a module of its own', async () => {
    const plaintext = pattern(3 * chunk + 5)
    const file = await sealed(chunked(plaintext))
    const { bytes, decoder } = await unlock(chunked(file, 1000), { identities: [pair.identity] })
    const { decode } = (await import(decoder.module)) as { decode: (bytes: Bytes, data: unknown) => Bytes }
    expect((await collected(decode(bytes, structuredClone(decoder.data)))).equals(plaintext)).toBe(true)
    const altered = Buffer.from(file)
    altered[altered.length - 20]! ^= 1
    const damaged = await unlock(chunked(altered, 1000), { identities: [pair.identity] })
    expect(verdict(await outcomeOf(decode(damaged.bytes, damaged.decoder.data)))).toBe('INTEGRITY')
    await expect(unlock(chunked(file), {})).rejects.toMatchObject({ code: 'WRONG_KEY' })
  })

  it('release their source when the header is refused', async () => {
    const source = watched(chunked(Buffer.alloc(5000, 'x'), 100))
    expect(verdict(await outcomeOf(opened(source.bytes)))).toBe('INVALID_INPUT')
    expect(source.seen.released).toBe(true)
  })

  it.each(['encrypt', 'decrypt'] as const)('pass an error of their source on as it is: %s', async (direction) => {
    const failure = new Error('the network is gone')
    const beginning =
      direction === 'encrypt' ? pattern(3 * chunk) : (await sealed(chunked(pattern(9 * chunk)))).subarray(0, 3 * chunk)
    async function* source(): Bytes {
      yield* chunked(beginning, chunk)
      throw failure
    }
    const { encrypt } = await prepareEncryption({ recipients: [pair.recipient] })
    const { error } = await outcomeOf(direction === 'encrypt' ? encrypt(source()) : opened(source()))
    expect(error).toBe(failure)
  })
})

describe('damage', () => {
  const plaintext = pattern(2 * chunk + 300)
  let file: Buffer
  let payload: number
  beforeAll(async () => {
    file = await sealed(chunked(plaintext))
    payload = headerLength(file) + 16
  })

  async function expectRefusal(damaged: Buffer, code: string | readonly string[] = 'INTEGRITY'): Promise<void> {
    const outcome = await outcomeOf(opened(chunked(damaged)))
    expect([code].flat()).toContain(verdict(outcome))
    expect(outcome.released.equals(plaintext.subarray(0, outcome.released.length))).toBe(true)
    expect(outcome.released.length % chunk).toBe(0)
  }

  it('is found where the file was cut: at every byte of its header and last chunk, around every chunk border, and between', async () => {
    const borders = [0, 1, 2].map((index) => payload + index * sealedChunk)
    const near = (length: number): boolean => borders.some((border) => Math.abs(length - border) < 40)
    for (let length = payload; length < file.length; length += 1)
      if (length > payload + 2 * sealedChunk || near(length) || length % 307 === 0)
        await expectRefusal(file.subarray(0, length))
    for (let length = 0; length < payload; length += 1)
      await expectRefusal(file.subarray(0, length), length < 19 ? 'INVALID_INPUT' : 'INTEGRITY')
  })

  it('is found where the last chunk is missing, full or not', async () => {
    await expectRefusal(file.subarray(0, payload + 2 * sealedChunk))
    const even = await sealed(chunked(pattern(2 * chunk)))
    await expectRefusal(even.subarray(0, headerLength(even) + 16 + sealedChunk))
  })

  it('is found where anything was added', async () => {
    for (const more of [Buffer.of(0), Buffer.alloc(16), file.subarray(payload + 2 * sealedChunk), file])
      await expectRefusal(Buffer.concat([file, more]))
  })

  it('is found in an armor that is padded before its last line, however it arrives', async () => {
    const [first, ...others] = armored(file).toString().split('\n').slice(0, -2)
    const body = Buffer.from(others.join(''), 'base64')
    const split = 48 * 40
    const padded = Array.from({ length: 10 }, (_, index) => body.subarray(split + index * 46, split + (index + 1) * 46))
    const rest = armored(body.subarray(split + 460))
      .toString()
      .split('\n')
      .slice(1)
    const lines = [first, ...others.slice(0, 40), ...padded.map((line) => line.toString('base64')), ...rest]
    const damaged = Buffer.from(lines.join('\n'))
    for (const size of [65, damaged.length])
      expect(verdict(await outcomeOf(opened(chunked(damaged, size))))).toBe('INTEGRITY')
  })

  it('is found where chunks were swapped, repeated or left out', async () => {
    const [one, two, last] = [0, 1, 2].map((index) =>
      file.subarray(payload + index * sealedChunk, payload + (index + 1) * sealedChunk),
    )
    const start = file.subarray(0, payload)
    for (const order of [[two, one, last], [one, one, two, last], [one, last], [two, last], [last]])
      await expectRefusal(Buffer.concat([start, ...order.map((piece) => piece!)]))
  })

  it('is found in every bit of a small file, before anything is handed over', async () => {
    const small = await sealed(chunked(pattern(40)))
    const mac = small.indexOf('\n---')
    for (let bit = 0; bit < small.length * 8; bit += 1) {
      const outcome = await outcomeOf(opened(chunked(flipped(small, bit >> 3, bit & 7))))
      expect(outcome.released).toHaveLength(0)
      // What is altered in a stanza can also make it another's: no key fits then.
      const codes = bit >> 3 > mac ? ['INTEGRITY'] : ['INTEGRITY', 'WRONG_KEY', 'INVALID_INPUT', 'UNSUPPORTED']
      expect(codes).toContain(verdict(outcome))
    }
  })

  it('is found in any bit of any chunk', async () => {
    const positions = fc.integer({ min: 0, max: file.length - payload - 1 })
    await fc.assert(
      fc.asyncProperty(positions, fc.integer({ min: 0, max: 7 }), async (byte, bit) => {
        await expectRefusal(flipped(file, payload + byte, bit))
      }),
      { numRuns: 300 },
    )
  })

  it('is found where the header never ends', async () => {
    const endless = Buffer.concat([Buffer.from('age-encryption.org/v1\n'), Buffer.alloc(2 ** 21, '-> x y\nAAAA\n')])
    await expectRefusal(endless)
  })

  it('is told from a later version of age', async () => {
    await expectRefusal(Buffer.from('age-encryption.org/v2\n-> X25519 x\n\n--- x\n'), 'UNSUPPORTED')
  })
})

describe('isAge', () => {
  it.each([
    'age-encryption.org/v1\n',
    '-----BEGIN AGE ENCRYPTED FILE-----\n',
    '\r\n\t -----BEGIN AGE ENCRYPTED FILE-----\r\n',
  ])('recognises %j', (text) => {
    expect(isAge(Buffer.from(text))).toBe(true)
  })

  it.each(['', 'age-encryption.org', ' age-encryption.org/v1\n', '-----BEGIN AGE FILE-----', '\u001f\u008b\u0008'])(
    'does not recognise %j',
    (text) => {
      expect(isAge(Buffer.from(text, 'latin1'))).toBe(false)
    },
  )

  it('reads a view into a larger buffer', () => {
    const buffer = Buffer.from('xxage-encryption.org/v1\n')
    expect(isAge(new Uint8Array(buffer.buffer, buffer.byteOffset + 2, 22))).toBe(true)
  })
})
