import { BakthatError } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'
import { damaged, type TarHeader } from '../tar/decode-header.js'
import {
  decodePaxRecords,
  isExtended,
  parsePaxNumber,
  parsePaxText,
  parsePaxTime,
  type PaxRecords,
} from '../tar/decode-pax.js'
import { isSparse, openSparseMap, type SparseDraft } from './sparse-entry.js'
import type { ArchiveEntry } from './contract.js'
import { doNotTrust } from './entry-path.js'
import type { TarEntry } from './tar-entry.js'

/** Flags of headers whose contents describe the entries that follow. */
const describing = { paxGlobal: 'g', pax: 'x', solarisPax: 'X', gnuLongPath: 'L', gnuLongLink: 'K' } as const

const describingFlags: ReadonlySet<string> = new Set(Object.values(describing))

const types: Readonly<Record<string, ArchiveEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  D: 'directory',
  '6': 'fifo',
}

/** Whose contents follow the header. Others may state a size, as links do in some tars, but nothing follows. */
const withContents: ReadonlySet<string> = new Set(['0', '\0', '7', 'S', 'D', 'V'])

/** Puts entries together from their headers and from what headers before them said. */
export class EntryBuilder {
  #global: PaxRecords = new Map()
  #local: PaxRecords | undefined
  #longPath: string | undefined
  #longLink: string | undefined

  /** Whether the header's contents describe the next entry, and are to be given to {@link describe}. */
  isDescribing(header: TarHeader): boolean {
    return describingFlags.has(header.flag)
  }

  /** Whether an entry was described that has not come. */
  get isWaiting(): boolean {
    return this.#local !== undefined || this.#longPath !== undefined || this.#longLink !== undefined
  }

  describe({ flag }: TarHeader, body: Buffer): void {
    switch (flag) {
      case describing.gnuLongPath:
        this.#longPath = untilNul(body)
        break
      case describing.gnuLongLink:
        this.#longLink = untilNul(body)
        break
      case describing.paxGlobal:
        this.#global = merge(this.#global, globalRecords(body))
        break
      default:
        this.#local = merge(this.#local, decodePaxRecords(body))
    }
  }

  /**
   * The header's entry, or a draft where a map of the file's holes follows the header. `undefined` for a volume's label.
   * Throws `UNSUPPORTED` for kinds of entries that would not come back as they were.
   */
  build(header: TarHeader, block: Buffer, at: number): TarEntry | SparseDraft | undefined {
    const entry = this.#entry(header)
    const records = this.#local
    this.#local = this.#longPath = this.#longLink = undefined
    if (header.flag === 'V') return undefined
    if (isSparse(header, records)) return openSparseMap(entry, records ?? new Map(), block, at)
    return entry
  }

  #entry(header: TarHeader): TarEntry {
    const { flag } = header
    const path = this.#text('path') ?? this.#longPath ?? header.path
    const stated = this.#text('size')
    const size = stated === undefined ? header.size : parsePaxNumber(stated)
    const mtime = this.#text('mtime')
    const { seconds, nanoseconds } =
      mtime === undefined ? { seconds: header.mtimeSeconds, nanoseconds: 0 } : parsePaxTime(mtime)
    const storedSize = withContents.has(flag) ? size : 0
    if (storedSize < 0) throw damaged(`the entry ${escapePath(path)} has a negative size`)
    const type = typeOf(flag, path)
    if (type === 'directory' && flag !== 'D' && storedSize > 0) {
      throw damaged(`the directory ${escapePath(path)} has contents`)
    }
    return {
      type,
      path,
      linkTarget: this.#text('linkpath') ?? this.#longLink ?? header.linkTarget,
      size: type === 'file' ? storedSize : 0,
      storedSize,
      sparse: undefined,
      mode: header.mode,
      uid: this.#number('uid') ?? header.uid,
      gid: this.#number('gid') ?? header.gid,
      userName: this.#text('uname') ?? header.userName,
      groupName: this.#text('gname') ?? header.groupName,
      mtimeSeconds: seconds,
      mtimeNanoseconds: nanoseconds,
      deviceMajor: header.deviceMajor,
      deviceMinor: header.deviceMinor,
      extended: this.#local && extendedOf(this.#local),
    }
  }

  /** An empty record takes back what a header further up said. */
  #text(key: string): string | undefined {
    const value = this.#local?.get(key) ?? this.#global.get(key)
    return value === undefined || value === '' ? undefined : parsePaxText(value)
  }

  #number(key: string): number | undefined {
    const value = this.#text(key)
    return value === undefined ? undefined : parsePaxNumber(value)
  }
}

/** Seventh-edition tars, and BSD's, know directories by the slash at their end. */
function typeOf(flag: string, path: string): ArchiveEntry['type'] {
  const type = types[flag]
  if (type === 'file') return path.endsWith('/') && flag !== 'S' ? 'directory' : 'file'
  if (type !== undefined) return type
  if (flag === 'V') return 'file'
  throw new BakthatError(
    'UNSUPPORTED',
    `the entry ${escapePath(path)} is of a kind that is not known: ${escapePath(flag)}`,
    {
      hint: 'unpack the archive with the program that made it',
    },
  )
}

/** A name for all entries that follow, or a size, makes no sense; no tool writes it. */
function globalRecords(body: Buffer): PaxRecords {
  const records = decodePaxRecords(body)
  for (const key of records.keys()) {
    if (key === 'path' || key === 'linkpath' || key === 'size' || key.startsWith('GNU.sparse.')) {
      throw new BakthatError('UNSAFE_ARCHIVE', `a pax header gives every entry the same ${key}`, { hint: doNotTrust })
    }
  }
  return records
}

function extendedOf(records: PaxRecords): PaxRecords | undefined {
  for (const key of records.keys())
    if (isExtended(key)) return new Map([...records].filter(([name]) => isExtended(name)))
  return undefined
}

function merge(former: PaxRecords | undefined, records: PaxRecords): PaxRecords {
  return former === undefined || former.size === 0 ? records : new Map([...former, ...records])
}

function untilNul(body: Buffer): string {
  const end = body.indexOf(0)
  return body.toString('latin1', 0, end < 0 ? body.length : end)
}
