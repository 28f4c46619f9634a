import { decodeUtf8 } from '../paths/byte-string.js'
import { paxRecord, paxTime, wholeSeconds } from './pax-record.js'

/** The type flags of ustar (POSIX.1-2017, pax, "ustar Interchange Format"). */
export const typeFlags = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
} as const

export type EntryType = keyof typeof typeFlags

/** What a header says of one entry. Strings are byte strings. */
export interface EntryHeader {
  readonly type: EntryType
  /** Relative; directories end with a slash. */
  readonly path: string
  /** Empty but for links. */
  readonly linkTarget: string
  /** Bytes of contents that follow: 0 but for regular files. */
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName: string
  readonly groupName: string
  readonly mtimeNs: bigint
  readonly deviceMajor: number
  readonly deviceMinor: number
  /** Further pax records, encoded. */
  readonly records: string
}

export const blockSize = 512

/** Bytes up to the next whole block. */
export function padToBlock(size: number): number {
  return Math.ceil(size / blockSize) * blockSize
}

/** An upper bound of what {@link encodeHeader} writes for the entry. */
export function headerBound({ path, linkTarget, userName, groupName, records }: EntryHeader): number {
  const texts = path.length + linkTarget.length + userName.length + groupName.length
  return 8 * blockSize + 2 * padToBlock(texts) + padToBlock(records.length)
}

/**
 * Writes the entry's header and returns where it ends: one ustar block, and before it a pax extended header for what ustar cannot
 * hold (fractions of seconds, long or large values). Names are raw bytes in ustar, UTF-8 in pax; a long name that is not
 * UTF-8 goes into GNU's `L` and `K` blocks, because every reader takes those as they are, while `hdrcharset=BINARY` makes GNU tar complain.
 * Numbers that do not fit are in base 256 too, for readers without pax.
 */
export function encodeHeader(buffer: Buffer, start: number, entry: EntryHeader): number {
  const { path, linkTarget } = entry
  let at = start
  let records = ''
  const split = splitPath(path)
  if (split === undefined) {
    if (decodeUtf8(path) === undefined) at = writeGnuLong(buffer, at, 'L', path)
    else records += paxRecord('path', path)
  }
  if (linkTarget.length > 100) {
    if (decodeUtf8(linkTarget) === undefined) at = writeGnuLong(buffer, at, 'K', linkTarget)
    else records += paxRecord('linkpath', linkTarget)
  }
  records += numericRecords(entry) + ownerRecords(entry) + entry.records
  if (records !== '') at = writeLong(buffer, at, 'x', paxName, records)
  return writeBlock(buffer, at, entry, typeFlags[entry.type], split ?? 0)
}

const paxName = '././@PaxHeader'
const gnuLongName = '././@LongLink'

function numericRecords({ mtimeNs, size, uid, gid }: EntryHeader): string {
  let records = ''
  if (mtimeNs % 1_000_000_000n !== 0n || mtimeNs < 0n || mtimeNs > latestPlainTime) {
    records += paxRecord('mtime', paxTime(mtimeNs))
  }
  if (size > largestPlainSize) records += paxRecord('size', String(size))
  if (uid > largestPlainId) records += paxRecord('uid', String(uid))
  if (gid > largestPlainId) records += paxRecord('gid', String(gid))
  return records
}

function ownerRecords({ userName, groupName }: EntryHeader): string {
  let records = ''
  if (userName.length > longestPlainName && decodeUtf8(userName) !== undefined) records += paxRecord('uname', userName)
  if (groupName.length > longestPlainName && decodeUtf8(groupName) !== undefined)
    records += paxRecord('gname', groupName)
  return records
}

const largestPlainSize = 0o77777777777
const largestPlainId = 0o7777777
const latestPlainTime = BigInt(largestPlainSize) * 1_000_000_000n
const longestPlainName = 31

/** Where the path divides into ustar's prefix and name (0: it has no prefix), or `undefined` when it does not fit. */
function splitPath(path: string): number | undefined {
  if (path.length <= 100) return 0
  const slash = path.indexOf('/', path.length - 101)
  return slash > 0 && slash <= 155 && slash < path.length - 1 ? slash : undefined
}

function writeGnuLong(buffer: Buffer, at: number, flag: 'L' | 'K', value: string): number {
  return writeLong(buffer, at, flag, gnuLongName, `${value}\0`)
}

/** A header block with a body of text: pax records, or GNU's long names. */
function writeLong(buffer: Buffer, at: number, flag: string, path: string, body: string): number {
  const start = writeBodyHeader(buffer, at, flag, path, body.length)
  const end = start + padToBlock(body.length)
  writeText(buffer, start, body, body.length)
  buffer.fill(0, start + body.length, end)
  return end
}

/** Nearly every entry has one, and but for its size they are all the same. */
function writeBodyHeader(buffer: Buffer, at: number, flag: string, path: string, size: number): number {
  const key = `${flag}${size}`
  const known = knownBodyHeaders.get(key)
  if (known === undefined) {
    const end = writeBlock(buffer, at, bodyHeader(path, size), flag, 0)
    if (size < blockSize) knownBodyHeaders.set(key, Buffer.from(buffer.subarray(at, end)))
    return end
  }
  buffer.set(known, at)
  return at + blockSize
}

const knownBodyHeaders = new Map<string, Buffer>()

function bodyHeader(path: string, size: number): EntryHeader {
  return {
    type: 'file',
    path,
    linkTarget: '',
    size,
    mode: 0o644,
    uid: 0,
    gid: 0,
    userName: '',
    groupName: '',
    mtimeNs: 0n,
    deviceMajor: 0,
    deviceMinor: 0,
    records: '',
  }
}

function writeBlock(buffer: Buffer, at: number, entry: EntryHeader, flag: string, split: number): number {
  const end = at + blockSize
  buffer.fill(0, at, end)
  const { path, linkTarget } = entry
  if (split === 0) writeText(buffer, at, path, 100)
  else {
    writeText(buffer, at, path.slice(split + 1), 100)
    writeText(buffer, at + 345, path.slice(0, split), 155)
  }
  writeNumber(buffer, at + 100, 8, entry.mode)
  writeNumber(buffer, at + 108, 8, entry.uid)
  writeNumber(buffer, at + 116, 8, entry.gid)
  writeNumber(buffer, at + 124, 12, entry.size)
  writeNumber(buffer, at + 136, 12, wholeSeconds(entry.mtimeNs))
  buffer[at + 156] = flag.charCodeAt(0)
  writeText(buffer, at + 157, linkTarget, 100)
  writeText(buffer, at + 257, 'ustar\x0000', 8)
  writeText(buffer, at + 265, entry.userName, longestPlainName)
  writeText(buffer, at + 297, entry.groupName, longestPlainName)
  writeNumber(buffer, at + 329, 8, entry.deviceMajor)
  writeNumber(buffer, at + 337, 8, entry.deviceMinor)
  writeNumber(buffer, at + 148, 8, checksum(buffer, at))
  return end
}

function writeText(buffer: Buffer, at: number, text: string, size: number): void {
  const length = Math.min(text.length, size)
  for (let i = 0; i < length; i++) buffer[at + i] = text.charCodeAt(i)
}

/** Octal digits, a space if there is room for it, NUL; base 256 for what does not fit. */
function writeNumber(buffer: Buffer, at: number, size: number, value: number): void {
  if (value < 0 || value > (size === 8 ? largestPlainId : largestPlainSize)) {
    writeBase256(buffer, at, size, value)
    return
  }
  let end = at + size - 2
  if (value >= (size === 8 ? 0o1000000 : 0o10000000000)) end++
  else buffer[end] = 0x20
  let rest = value
  for (let i = end - 1; i >= at; i--) {
    const higher = Math.floor(rest / 8)
    buffer[i] = 0x30 + (rest - higher * 8)
    rest = higher
  }
}

/** Big-endian two's complement; the first byte is 0x80 for positive, 0xff for negative numbers. */
function writeBase256(buffer: Buffer, at: number, size: number, value: number): void {
  let rest = value
  for (let i = at + size - 1; i > at; i--) {
    const higher = Math.floor(rest / 256)
    buffer[i] = rest - higher * 256
    rest = higher
  }
  buffer[at] = value < 0 ? 0xff : 0x80
}

/** The sum of all bytes, the checksum's own field counted as spaces. */
function checksum(buffer: Buffer, at: number): number {
  let sum = 8 * 0x20
  for (let i = at; i < at + blockSize; i++) sum += buffer[i]!
  return sum
}
