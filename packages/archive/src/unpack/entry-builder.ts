import { BakthatError } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'
import type { RawHeader } from '../tar/decode-header.js'
import { decodePaxRecords, paxNumber, paxText, paxTimeOf, type PaxRecords } from '../tar/decode-pax.js'
import type { ArchiveEntry } from './contract.js'

/** Flags of headers whose contents describe the entry that follows. */
const describing = { paxGlobal: 'g', pax: 'x', solarisPax: 'X', gnuLongPath: 'L', gnuLongLink: 'K' } as const

const describingFlags: ReadonlySet<string> = new Set(Object.values(describing))

const typeOfFlag: Readonly<Record<string, ArchiveEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
}

/** Keys of a global header that would rename or resize every entry; no tool writes them. */
const neverGlobal = ['path', 'linkpath', 'size']

/** An entry as the reader gives it: with the numbers of a device, which only making one needs. */
export interface BuiltEntry extends ArchiveEntry {
  readonly deviceMajor: number
  readonly deviceMinor: number
}

/** Puts an entry together from its header and from what headers before it said of it. */
export class EntryBuilder {
  #global: PaxRecords = new Map()
  #local: PaxRecords | undefined
  #longPath: string | undefined
  #longLink: string | undefined

  /** Whether the header's contents describe the next entry, and are to be given to {@link describe}. */
  isDescribing({ flag }: RawHeader): boolean {
    return describingFlags.has(flag)
  }

  /** Whether an entry was described that has not come. */
  get isWaiting(): boolean {
    return this.#local !== undefined || this.#longPath !== undefined || this.#longLink !== undefined
  }

  describe({ flag }: RawHeader, body: Buffer): void {
    switch (flag) {
      case describing.gnuLongPath:
        this.#longPath = withoutNul(body)
        break
      case describing.gnuLongLink:
        this.#longLink = withoutNul(body)
        break
      case describing.paxGlobal:
        this.#global = merged(this.#global, globalRecords(body))
        break
      default:
        this.#local = merged(this.#local ?? new Map(), decodePaxRecords(body))
    }
  }

  /** Throws `UNSUPPORTED` for kinds of entries that would not come back as they were. */
  build(header: RawHeader): BuiltEntry {
    const records = this.#records()
    const path = paxText(records, 'path') ?? this.#longPath ?? header.path
    const linkTarget = paxText(records, 'linkpath') ?? this.#longLink ?? header.linkTarget
    this.#local = this.#longPath = this.#longLink = undefined
    const type = typeOf(header, path, records)
    return {
      type,
      path,
      ...(linkTarget !== '' && { linkTarget }),
      size: type === 'file' ? (paxNumber(records, 'size') ?? header.size) : 0,
      mode: header.mode,
      uid: paxNumber(records, 'uid') ?? header.uid,
      gid: paxNumber(records, 'gid') ?? header.gid,
      ...optional('userName', paxText(records, 'uname') ?? header.userName),
      ...optional('groupName', paxText(records, 'gname') ?? header.groupName),
      mtimeNs: paxTimeOf(records, 'mtime') ?? BigInt(header.mtimeSeconds) * 1_000_000_000n,
      deviceMajor: header.deviceMajor,
      deviceMinor: header.deviceMinor,
    }
  }

  #records(): PaxRecords {
    return this.#local === undefined ? this.#global : merged(this.#global, this.#local)
  }
}

function merged(earlier: PaxRecords, later: PaxRecords): PaxRecords {
  return earlier.size === 0 ? later : new Map([...earlier, ...later])
}

function typeOf({ flag, size }: RawHeader, path: string, records: PaxRecords): ArchiveEntry['type'] {
  const type = typeOfFlag[flag]
  if (flag === 'S' || records.has('GNU.sparse.major') || records.has('GNU.sparse.size'))
    throw unsupported(path, 'is stored in GNU’s sparse format')
  if (type === undefined) throw unsupported(path, `is of the unknown type ${JSON.stringify(flag)}`)
  if (type !== 'file' || !path.endsWith('/')) return type
  // Before ustar, a slash at the end was how a directory was told.
  if (size === 0) return 'directory'
  throw new BakthatError('INTEGRITY', `the archive is damaged: the directory ${escapePath(path)} has contents`)
}

function unsupported(path: string, why: string): BakthatError {
  return new BakthatError('UNSUPPORTED', `the entry ${escapePath(path)} ${why}`, {
    hint: 'unpack this archive with GNU tar',
  })
}

function globalRecords(body: Buffer): PaxRecords {
  const records = decodePaxRecords(body)
  const wrong = neverGlobal.find((key) => records.has(key))
  if (wrong === undefined) return records
  throw new BakthatError('UNSAFE_ARCHIVE', `the archive gives one ${wrong} to all of its entries`)
}

function withoutNul(body: Buffer): string {
  const text = body.toString('latin1')
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}

function optional<K extends string>(key: K, value: string): Partial<Record<K, string>> {
  return value === '' ? {} : ({ [key]: value } as Record<K, string>)
}
