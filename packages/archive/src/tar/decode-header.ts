import { BakthatError } from '@bakthat/errors'
import { blockSize } from './encode-header.js'

/** One header block as it stands, before pax records and GNU's long names have their say. Strings are byte strings. */
export interface RawHeader {
  readonly flag: string
  readonly path: string
  readonly linkTarget: string
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName: string
  readonly groupName: string
  readonly mtimeSeconds: number
  readonly deviceMajor: number
  readonly deviceMinor: number
}

/** Where the fields lie: offset and length (POSIX.1-2017, pax, "ustar Header Block"). */
const field = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  linkname: [157, 100],
  uname: [265, 32],
  gname: [297, 32],
  devmajor: [329, 8],
  devminor: [337, 8],
  prefix: [345, 155],
} as const

/**
 * Reads one block of ustar, pax, GNU or seventh-edition tar. `undefined` for a block of zeros, which ends an archive.
 * Throws `INTEGRITY` for a wrong checksum or a field that is no number.
 */
export function decodeHeader(block: Buffer): RawHeader | undefined {
  const sums = sumOf(block)
  if (sums.unsigned === 8 * 0x20 && isZero(block)) return undefined
  const recorded = number(block, field.checksum)
  if (recorded !== sums.unsigned && recorded !== sums.signed)
    throw new BakthatError('INTEGRITY', 'the archive is damaged: a header has a wrong checksum')
  const magic = block.toString('latin1', 257, 263)
  const isPosix = magic === 'ustar\0'
  const hasOwners = isPosix || magic === 'ustar '
  const name = text(block, field.name)
  const prefix = isPosix ? text(block, field.prefix) : ''
  return {
    flag: block.toString('latin1', 156, 157),
    path: prefix === '' ? name : `${prefix}/${name}`,
    linkTarget: text(block, field.linkname),
    size: number(block, field.size),
    mode: number(block, field.mode) & 0o7777,
    uid: number(block, field.uid),
    gid: number(block, field.gid),
    userName: hasOwners ? text(block, field.uname) : '',
    groupName: hasOwners ? text(block, field.gname) : '',
    mtimeSeconds: number(block, field.mtime),
    deviceMajor: hasOwners ? number(block, field.devmajor) : 0,
    deviceMinor: hasOwners ? number(block, field.devminor) : 0,
  }
}

/** Old tars summed signed characters. */
function sumOf(block: Buffer): { readonly unsigned: number; readonly signed: number } {
  let unsigned = 8 * 0x20
  let high = 0
  for (let i = 0; i < blockSize; i++) {
    if (i === 148) i = 156
    const byte = block[i]!
    unsigned += byte
    if (byte > 127) high++
  }
  return { unsigned, signed: unsigned - 256 * high }
}

function isZero(block: Buffer): boolean {
  for (let i = 0; i < blockSize; i++) if (block[i] !== 0) return false
  return true
}

function text(block: Buffer, [start, length]: readonly [number, number]): string {
  let end = start
  while (end < start + length && block[end] !== 0) end++
  return end === start ? '' : block.toString('latin1', start, end)
}

/** Octal digits among spaces and NULs, or base 256 where the first bit is set. */
function number(block: Buffer, [start, length]: readonly [number, number]): number {
  if (block[start]! >= 0x80) return base256(block, start, length)
  let value = 0
  let at = start
  const end = start + length
  while (at < end && block[at] === 0x20) at++
  for (; at < end; at++) {
    const digit = block[at]! - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  for (; at < end; at++) if (block[at] !== 0 && block[at] !== 0x20) throw notANumber()
  return value
}

/** Big-endian two's complement, without the first bit; numbers that a double does not hold exactly are refused. */
function base256(block: Buffer, start: number, length: number): number {
  const isNegative = (block[start]! & 0x40) !== 0
  let value = isNegative ? block[start]! - 256 : block[start]! & 0x3f
  for (let at = start + 1; at < start + length; at++) value = value * 256 + block[at]!
  if (!Number.isSafeInteger(value)) throw notANumber()
  return value
}

function notANumber(): BakthatError {
  return new BakthatError('INTEGRITY', 'the archive is damaged: a header has a field that is no number')
}
