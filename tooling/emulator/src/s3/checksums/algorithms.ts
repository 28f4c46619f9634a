import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

import { combineCrcs, type CrcModel } from './combine.js'
import { crc32c, crc32cPolynomial } from './crc32c.js'
import { Crc64Nvme, crc64nvmePolynomial } from './crc64nvme.js'

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** A checksum in the making. */
export interface Digest {
  update(data: Uint8Array): void
  digest(): Buffer
}

export function newDigest(algorithm: ChecksumAlgorithm): Digest {
  if (algorithm === 'CRC64NVME') return new Crc64Nvme()
  if (algorithm === 'SHA1' || algorithm === 'SHA256') return createHash(algorithm)
  return new Crc(algorithm === 'CRC32' ? crc32 : crc32c)
}

class Crc implements Digest {
  readonly #crc: (data: Uint8Array, before: number) => number
  #value = 0

  constructor(crc: (data: Uint8Array, before: number) => number) {
    this.#crc = crc
  }

  update(data: Uint8Array): void {
    this.#value = this.#crc(data, this.#value)
  }

  digest(): Buffer {
    const digest = Buffer.alloc(4)
    digest.writeUInt32BE(this.#value)
    return digest
  }
}

/** Bytes of a value. */
export const digestLengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
}

/** What may be asked for a multipart object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export const multipartTypes: Readonly<Record<ChecksumAlgorithm, readonly [ChecksumType, ...ChecksumType[]]>> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
}

const models: Partial<Record<ChecksumAlgorithm, CrcModel>> = {
  CRC32: { width: 32, polynomial: 0xedb88320n },
  CRC32C: { width: 32, polynomial: crc32cPolynomial },
  CRC64NVME: { width: 64, polynomial: crc64nvmePolynomial },
}

/** A part's checksum, in base64. */
export interface PartChecksum {
  readonly value: string
  readonly size: number
}

/** The checksum of a multipart object, in base64, from those of its parts. */
export function checksumOfParts(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly PartChecksum[],
): string {
  return type === 'COMPOSITE' ? checksumOfChecksums(algorithm, parts) : fullChecksum(algorithm, parts)
}

function checksumOfChecksums(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): string {
  const digest = newDigest(algorithm)
  for (const { value } of parts) digest.update(Buffer.from(value, 'base64'))
  return `${digest.digest().toString('base64')}-${parts.length}`
}

function fullChecksum(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): string {
  const model = models[algorithm]!
  const crc = parts.reduce(
    (before, { value, size }) =>
      combineCrcs(model, before, BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`), size),
    0n,
  )
  return Buffer.from(crc.toString(16).padStart(model.width / 4, '0'), 'hex').toString('base64')
}
