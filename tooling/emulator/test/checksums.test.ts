import { describe, expect, it } from '@jest/globals'
import {
  checksumAlgorithms,
  checksumOfParts,
  newDigest,
  type ChecksumAlgorithm,
} from '@bakthat/emulator/s3/checksums/algorithms'
import fc from 'fast-check'

const hex = (algorithm: ChecksumAlgorithm, ...pieces: readonly Uint8Array[]): string => {
  const digest = newDigest(algorithm)
  for (const piece of pieces) digest.update(piece)
  return digest.digest().toString('hex')
}
const base64 = (algorithm: ChecksumAlgorithm, data: Uint8Array): string =>
  Buffer.from(hex(algorithm, data), 'hex').toString('base64')

describe('a checksum', () => {
  /** The check values of the catalogue of parametrised CRCs, and of FIPS 180. */
  it.each([
    ['CRC32', '123456789', 'cbf43926'],
    ['CRC32C', '123456789', 'e3069283'],
    ['CRC64NVME', '123456789', 'ae8b14860a799888'],
    ['SHA1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['SHA256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ] as const)('%s of %s is %s', (algorithm, text, expected) => {
    expect(hex(algorithm, Buffer.from(text))).toBe(expected)
  })

  it('of 32 zeros is as RFC 3720 has it for CRC32C', () => {
    expect(
      Buffer.from(hex('CRC32C', Buffer.alloc(32)), 'hex')
        .reverse()
        .toString('hex'),
    ).toBe('aa36918a')
  })

  it.each(checksumAlgorithms)('%s does not depend on how the data is cut', (algorithm) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (data, cut) => {
        expect(hex(algorithm, data.subarray(0, cut), data.subarray(cut))).toBe(hex(algorithm, data))
      }),
    )
  })
})

describe('the checksum of parts', () => {
  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('of %s is that of the whole', (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1 }), (parts) => {
        const ofParts = parts.map((part) => ({ value: base64(algorithm, part), size: part.length }))
        expect(checksumOfParts(algorithm, 'FULL_OBJECT', ofParts)).toBe(base64(algorithm, Buffer.concat(parts)))
      }),
    )
  })

  it('is a checksum of checksums, with their number, where it is composite', () => {
    const parts = ['one', 'two'].map((part) => Buffer.from(part))
    const digests = parts.map((part) => Buffer.from(hex('SHA256', part), 'hex'))
    const ofParts = parts.map((part) => ({ value: base64('SHA256', part), size: part.length }))
    expect(checksumOfParts('SHA256', 'COMPOSITE', ofParts)).toBe(`${base64('SHA256', Buffer.concat(digests))}-2`)
  })
})
