import { BakthatError } from '@bakthat/errors'
import { blockSize } from './encode-header.js'

/** One header block as it stands, before pax records and GNU's long names have their say. Strings are byte strings. */
export interface TarHeader {
  /** The type flag, one character. */
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
  /** Whether GNU's own fields lie where ustar has its prefix. */
  readonly isGnu: boolean
}

/**
 * Reads one block of ustar, pax, GNU, star or seventh-edition tar. `undefined` for a block of zeros, which ends an archive.
 * Throws `INTEGRITY` for a wrong checksum or a field that is no number.
 */
export function decodeHeader(block: Buffer, at: number): TarHeader | undefined {
  const sum = sumOf(block, at)
  if (sum === emptySum && isZero(block, at)) return undefined
  if (!isSum(decodeNumber(block, at + 148, 8), sum, block, at)) throw damaged('a header has a wrong checksum')
  const isUstar = startsWith(block, at + 257, 'ustar')
  const isGnu = isUstar && block[at + 262] === 0x20
  const flag = String.fromCharCode(block[at + 156]!)
  const isDevice = flag === '3' || flag === '4'
  return {
    flag,
    path: isUstar && !isGnu ? prefixed(block, at) : text(block, at, 100),
    linkTarget: text(block, at + 157, 100),
    size: decodeNumber(block, at + 124, 12),
    mode: decodeNumber(block, at + 100, 8) & 0o7777,
    uid: decodeNumber(block, at + 108, 8),
    gid: decodeNumber(block, at + 116, 8),
    userName: isUstar ? text(block, at + 265, 32) : '',
    groupName: isUstar ? text(block, at + 297, 32) : '',
    mtimeSeconds: decodeSeconds(block, at + 136, 12),
    deviceMajor: isDevice && isUstar ? decodeNumber(block, at + 329, 8) : 0,
    deviceMinor: isDevice && isUstar ? decodeNumber(block, at + 337, 8) : 0,
    isGnu,
  }
}

/** Whether the block is a header, or the zeros of an empty archive. */
export function looksLikeHeader(block: Buffer, at: number): boolean {
  const sum = sumOf(block, at)
  if (sum === emptySum) return isZero(block, at)
  const digits = block.toString('latin1', at + 148, at + 156)
  return /^[ \0]*[0-7]+[ \0]*$/.test(digits) && isSum(decodeNumber(block, at + 148, 8), sum, block, at)
}

/**
 * A numeric field: octal digits among spaces and NULs, or base 256 (big-endian two's complement) where the first bit is set.
 * Throws `INTEGRITY` for anything else, and for numbers that a double does not hold exactly.
 */
export function decodeNumber(block: Buffer, at: number, size: number): number {
  const end = at + size
  const first = block[at]!
  if (first >= 0x80) return decodeBase256(block, at, end)
  let value = 0
  let i = at
  while (i < end && (block[i] === 0x20 || block[i] === 0)) i++
  for (; i < end; i++) {
    const digit = block[i]! - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  for (; i < end; i++) if (block[i] !== 0 && block[i] !== 0x20) throw damaged('a header has a field that is no number')
  return value
}

/** The same for a time, which is cut to what a double holds exactly: a file is worth more than its time. */
function decodeSeconds(block: Buffer, at: number, size: number): number {
  const most = Number.MAX_SAFE_INTEGER - 1
  if (block[at]! < 0x80) return Math.min(decodeNumber(block, at, size), most)
  return Math.max(-most, Math.min(base256(block, at, at + size), most))
}

export function isZero(block: Buffer, at: number): boolean {
  for (let i = at; i < at + blockSize; i++) if (block[i] !== 0) return false
  return true
}

/** The error for bytes that are no tar. */
export function damaged(why: string): BakthatError {
  return new BakthatError('INTEGRITY', `the archive is damaged: ${why}`, {
    hint: 'fetch it again, or restore another backup',
  })
}

const emptySum = 8 * 0x20

/** The sum of all bytes, those of the checksum itself counted as spaces. */
function sumOf(block: Buffer, at: number): number {
  return emptySum + sumOfBytes(block, at, at + 148) + sumOfBytes(block, at + 156, at + blockSize)
}

/** Of fours of them, which takes half as long as one by one. */
function sumOfBytes(block: Buffer, start: number, end: number): number {
  let sum = 0
  for (let i = start; i < end; i += 4) sum += block[i]! + block[i + 1]! + block[i + 2]! + block[i + 3]!
  return sum
}

/** Old tars summed signed characters. */
function isSum(recorded: number, sum: number, block: Buffer, at: number): boolean {
  if (recorded === sum) return true
  let high = 0
  for (let i = at; i < at + blockSize; i++) if ((i < at + 148 || i >= at + 156) && block[i]! > 127) high++
  return recorded === sum - 256 * high
}

function decodeBase256(block: Buffer, at: number, end: number): number {
  const value = base256(block, at, end)
  if (!Number.isSafeInteger(value)) throw damaged('a header has an impossible number')
  return value
}

function base256(block: Buffer, at: number, end: number): number {
  const first = block[at]! & 0x7f
  let value = first >= 0x40 ? first - 0x80 : first
  for (let i = at + 1; i < end; i++) value = value * 256 + block[i]!
  return value
}

/** ustar's name behind its prefix; star keeps times in the prefix's last 24 bytes. */
function prefixed(block: Buffer, at: number): string {
  const name = text(block, at, 100)
  if (block[at + 345] === 0) return name
  const isStar = startsWith(block, at + 508, 'tar\0')
  return `${text(block, at + 345, isStar ? 131 : 155)}/${name}`
}

function text(block: Buffer, at: number, size: number): string {
  if (block[at] === 0) return ''
  let end = at + 1
  while (end < at + size && block[end] !== 0) end++
  return block.toString('latin1', at, end)
}

function startsWith(block: Buffer, at: number, expected: string): boolean {
  for (let i = 0; i < expected.length; i++) if (block[at + i] !== expected.charCodeAt(i)) return false
  return true
}
