import { damaged } from './decode-header.js'

/** Those records of a pax extended header that mean something here: keys and values as byte strings. An empty value takes one back. */
export type PaxRecords = ReadonlyMap<string, string>

/** Whether a record is an extended attribute or an access control list. */
export function isExtended(key: string): boolean {
  return extended.test(key)
}

const extended = /^(?:SCHILY|LIBARCHIVE)\.(?:xattr|acl)\./

/** What else there may be (other times, comments) is passed over, and takes no memory. */
const meaningful: ReadonlySet<string> = new Set([
  'path',
  'linkpath',
  'size',
  'uid',
  'gid',
  'uname',
  'gname',
  'mtime',
  'GNU.sparse.major',
  'GNU.sparse.minor',
  'GNU.sparse.name',
  'GNU.sparse.size',
  'GNU.sparse.realsize',
  'GNU.sparse.map',
  'GNU.sparse.offset',
  'GNU.sparse.numbytes',
  'SUN.holesdata',
])

/**
 * Reads `length key=value\n` records (POSIX.1-2017, pax, "Extended Header"). GNU's first sparse format repeats two keys; their
 * values come as the `GNU.sparse.map` of the second one. Throws `INTEGRITY` for anything that is no record.
 */
export function decodePaxRecords(body: Buffer): PaxRecords {
  const records = new Map<string, string>()
  let at = 0
  while (at < body.length) {
    const { start, end } = recordAt(body, at)
    const equals = body.indexOf(0x3d, start)
    if (equals <= start || equals >= end) throw malformed()
    const key = body.toString('latin1', start, equals)
    at = end
    if (!meaningful.has(key) && !isExtended(key)) continue
    const value = body.toString('latin1', equals + 1, end - 1)
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') {
      const map = records.get('GNU.sparse.map')
      records.set('GNU.sparse.map', map === undefined ? value : `${map},${value}`)
    } else {
      records.set(key, value)
    }
  }
  return records
}

/** A size, or a user's or group's number. */
export function parsePaxNumber(value: string): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : NaN
  if (!Number.isSafeInteger(number)) throw malformed()
  return number
}

/** A point in time as whole seconds and the nanoseconds after them. */
export interface TarTime {
  readonly seconds: number
  readonly nanoseconds: number
}

/** What no calendar has is the last moment that a double counts exactly: a file is worth more than its time. */
export function parsePaxTime(value: string): TarTime {
  const [, sign, digits, fraction = ''] = /^(-?)(\d{1,20})(?:\.(\d*))?$/.exec(value) ?? []
  if (digits === undefined) throw malformed()
  const seconds = Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1)
  const nanoseconds = fraction === '' ? 0 : Number(fraction.slice(0, 9).padEnd(9, '0'))
  if (sign === '') return { seconds, nanoseconds }
  return nanoseconds === 0
    ? { seconds: -seconds, nanoseconds }
    : { seconds: -seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds }
}

/** A path or a name. */
export function parsePaxText(value: string): string {
  if (value.includes('\0')) throw damaged('a name in a pax header holds a NUL')
  return value
}

/** Where the record's text lies, and where the next record begins. The length counts its own digits. */
function recordAt(body: Buffer, at: number): { readonly start: number; readonly end: number } {
  let length = 0
  let i = at
  for (; i < body.length && i < at + 8; i++) {
    const digit = body[i]! - 0x30
    if (digit < 0 || digit > 9) break
    length = length * 10 + digit
  }
  const end = at + length
  if (i === at || body[i] !== 0x20 || end > body.length || end <= i + 1 || body[end - 1] !== 0x0a) throw malformed()
  return { start: i + 1, end }
}

function malformed(): Error {
  return damaged('a pax header is malformed')
}
