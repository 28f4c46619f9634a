import { BakthatError } from '@bakthat/errors'
import { looksLikeHeader } from '../tar/decode-header.js'
import { blockSize } from '../tar/encode-header.js'
import type { Bytes } from '../types.js'
import type { BufferStock } from './buffer-stock.js'
import type { ByteSource } from './byte-source.js'
import { gunzipMembers, isGzipMember } from './gzip-members.js'
import { heldToRatio } from './held-to-ratio.js'
import { unzstd, unzstdPool } from './parallel-zstd.js'
import { isZstdFrame } from './zstd-frames.js'

/** The tar bytes of an archive. */
export interface OpenArchive {
  readonly bytes: Bytes
  /** Whether pieces that lie in shared memory do so in buffers of the stock, to be given back to it. */
  readonly fromStock: boolean
}

export interface OpenOptions {
  /** Threads that decompress; 0: this one does. */
  readonly workers: number
  /** Decompressed bytes per compressed byte that are believed. */
  readonly maxRatio: number
  /** Whether threads will be worth it: then they are started before the first byte has come. */
  readonly isLarge?: boolean
}

/**
 * The tar bytes of an archive, whose compression is told from its first bytes. Throws, before it gives any, `INVALID_INPUT` for
 * what is no tar and `UNSUPPORTED` for other compressions; later `UNSAFE_ARCHIVE` for a bomb. What follows the last frame or
 * member is left in the source.
 */
export async function openArchive(source: ByteSource, stock: BufferStock, options: OpenOptions): Promise<OpenArchive> {
  const pool = unzstdPool(options.workers)
  if (options.isLarge === true) pool?.start()
  try {
    const start = Buffer.from(await source.peek(blockSize))
    if (isZstdFrame(start)) {
      const bytes = unzstd(source, stock, pool)
      return { bytes: heldToRatio(bytes, source, options.maxRatio), fromStock: true }
    }
    await pool?.close()
    return openOther(start, source, options)
  } catch (error) {
    await pool?.close()
    throw error
  }
}

function openOther(start: Buffer, source: ByteSource, options: OpenOptions): OpenArchive {
  if (start.length === blockSize && looksLikeHeader(start, 0)) return { bytes: source.rest(), fromStock: false }
  if (isGzipMember(start)) {
    return { bytes: heldToRatio(gunzipMembers(source), source, options.maxRatio), fromStock: false }
  }
  throw refusal(start)
}

const otherFormats: readonly { readonly file: string; readonly magic: string; readonly tool: string }[] = [
  { file: 'an xz file', magic: '\xfd7zXZ\0', tool: 'xz -d' },
  { file: 'a bzip2 file', magic: 'BZh', tool: 'bzip2 -d' },
  { file: 'an lz4 file', magic: '\x04\x22\x4d\x18', tool: 'lz4 -d' },
  { file: 'an lzip file', magic: 'LZIP', tool: 'lzip -d' },
  { file: 'a compress file', magic: '\x1f\x9d', tool: 'uncompress' },
  { file: 'a zip file', magic: 'PK\x03\x04', tool: 'unzip' },
  { file: 'an age file', magic: 'age-encryption.org/', tool: 'age -d' },
]

function refusal(start: Buffer): BakthatError {
  const text = start.toString('latin1')
  const other = otherFormats.find(({ magic }) => text.startsWith(magic))
  if (other !== undefined) {
    return new BakthatError('UNSUPPORTED', `the archive is ${other.file}`, {
      hint: `unpack it with ${other.tool} first`,
    })
  }
  if (text.startsWith('ustar', 257)) {
    return new BakthatError('INTEGRITY', 'the archive is damaged: its first header has a wrong checksum', {
      hint: 'fetch it again, or restore another backup',
    })
  }
  return new BakthatError('INVALID_INPUT', 'not a tar archive, compressed or not', {
    hint: 'bakthat restores .tar, .tgz and .tar.zst archives, each with or without .age',
  })
}
