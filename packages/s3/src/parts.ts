import { createHash, type Hash } from 'node:crypto'
import { crc32 } from 'node:zlib'

import { gatherParts, type Bytes, type GatheredPart, type PartGathering } from '@bakthat/storage'

export interface Part extends GatheredPart {
  /** CRC32 of its bytes, as S3 writes it, where it was asked for. */
  readonly crc32: string | undefined
}

/** What went by in all parts so far. */
export class Tally {
  size = 0
  readonly #known: (() => string) | undefined
  readonly #hash: Hash | undefined
  readonly #checksum = new Checksum()

  /** `sha256`: of a caller who knows it at the end. */
  constructor(sha256: (() => string) | undefined) {
    this.#known = sha256
    this.#hash = sha256 === undefined ? createHash('sha256') : undefined
  }

  add(bytes: Uint8Array): void {
    this.size += bytes.length
    this.#hash?.update(bytes)
    this.#checksum.add(bytes)
  }

  /** Ends the count. */
  sha256(): string {
    return this.#known?.() ?? this.#hash!.digest('hex')
  }

  crc32(): string {
    return this.#checksum.base64()
  }
}

/** The stream in parts, each counted in `tally`, and with its CRC32 where `checksums` asks for it. */
export async function* partsOf(
  bytes: Bytes,
  tally: Tally,
  { checksums, ...gathering }: Omit<PartGathering, 'onBytes'> & { readonly checksums: boolean },
): AsyncGenerator<Part> {
  let checksum = new Checksum()
  const onBytes = (taken: Uint8Array): void => {
    tally.add(taken)
    if (checksums) checksum.add(taken)
  }
  for await (const part of gatherParts(bytes, { ...gathering, onBytes })) {
    yield { ...part, crc32: checksums ? checksum.base64() : undefined }
    checksum = new Checksum()
  }
}

/** The CRC32 of bytes as S3 writes it. */
export function crc32Of(bytes: Uint8Array): string {
  return new Checksum().add(bytes).base64()
}

class Checksum {
  #value = 0

  add(bytes: Uint8Array): this {
    this.#value = crc32(bytes, this.#value)
    return this
  }

  base64(): string {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(this.#value)
    return bytes.toString('base64')
  }
}
