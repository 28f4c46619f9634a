import { BakthatError } from '@bakthat/errors'

/** Those records of a pax extended header that mean something here: keys and values as byte strings. */
export type PaxRecords = ReadonlyMap<string, string>

/** What else there may be (other times, extended attributes, comments) is passed over, and takes no memory. */
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
  'GNU.sparse.size',
])

/** Reads `length key=value\n` records (POSIX.1-2017, pax, "Extended Header"). Throws `INTEGRITY` for anything else. */
export function decodePaxRecords(body: Buffer): PaxRecords {
  const records = new Map<string, string>()
  let at = 0
  while (at < body.length) {
    const space = body.indexOf(0x20, at)
    const digits = space < 0 ? '' : body.toString('latin1', at, space)
    const end = at + Number(digits)
    if (!/^[1-9]\d{0,8}$/.test(digits) || end > body.length || end <= space || body[end - 1] !== 0x0a) throw damaged()
    const equals = body.indexOf(0x3d, space)
    if (equals <= space + 1 || equals >= end) throw damaged()
    const key = body.toString('latin1', space + 1, equals)
    if (meaningful.has(key)) records.set(key, body.toString('latin1', equals + 1, end - 1))
    at = end
  }
  return records
}

/** A size, or a user's or group's number. `undefined` where there is no such record. */
export function paxNumber(records: PaxRecords, key: string): number | undefined {
  const value = records.get(key)
  if (value === undefined || value === '') return undefined
  if (!/^\d{1,15}$/.test(value)) throw damaged()
  return Number(value)
}

/** A time in nanoseconds. `undefined` where there is no such record. */
export function paxTimeOf(records: PaxRecords, key: string): bigint | undefined {
  const value = records.get(key)
  if (value === undefined || value === '') return undefined
  const [, sign, seconds, fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value) ?? []
  if (seconds === undefined) throw damaged()
  const nanoseconds = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return sign === '-' ? -nanoseconds : nanoseconds
}

/** A path or name. `undefined` where there is no such record. */
export function paxText(records: PaxRecords, key: string): string | undefined {
  const value = records.get(key)
  if (value?.includes('\0') === true) throw damaged()
  return value === '' ? undefined : value
}

function damaged(): BakthatError {
  return new BakthatError('INTEGRITY', 'the archive is damaged: malformed pax records')
}
