import { BakthatError } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'
import type { TarHeader } from '../tar/decode-header.js'
import { parsePaxNumber, parsePaxText, type PaxRecords } from '../tar/decode-pax.js'
import {
  checkSparseRegions,
  GnuSparseMap,
  parseSparseMap,
  TextSparseMap,
  type SparseMapReader,
  type SparseRegions,
} from '../tar/decode-sparse.js'
import type { TarEntry } from './tar-entry.js'

/** A file with holes whose map is still to be read, from the blocks that follow. */
export interface SparseDraft {
  readonly map: SparseMapReader
  finish(): TarEntry
}

export function isSparse({ flag }: TarHeader, records: PaxRecords | undefined): boolean {
  return flag === 'S' || (records !== undefined && sparseKeys.some((key) => records.has(key)))
}

const sparseKeys = ['GNU.sparse.major', 'GNU.sparse.map', 'GNU.sparse.size', 'GNU.sparse.realsize', 'SUN.holesdata']

/**
 * A file with holes in one of GNU's four formats (GNU tar manual, "Storing Sparse Files"). Throws `UNSUPPORTED` for those of
 * other tools.
 */
export function openSparseMap(entry: TarEntry, records: PaxRecords, block: Buffer, at: number): TarEntry | SparseDraft {
  const version = `${records.get('GNU.sparse.major') ?? '0'}.${records.get('GNU.sparse.minor') ?? '0'}`
  if (records.has('SUN.holesdata') || entry.type !== 'file') throw unsupported(entry)
  if (records.has('GNU.sparse.major') && version !== '0.0' && version !== '0.1') {
    if (version !== '1.0') throw unsupported(entry)
    return draft(renamed(entry, records), paxSize(records, 'GNU.sparse.realsize', entry), new TextSparseMap())
  }
  const map = records.get('GNU.sparse.map')
  if (map !== undefined) {
    return withHoles(renamed(entry, records), paxSize(records, 'GNU.sparse.size', entry), parseSparseMap(map), 0)
  }
  if (records.has('GNU.sparse.size') || block[at + 257 + 5] !== 0x20) throw unsupported(entry)
  const size = GnuSparseMap.realSize(block, at)
  const old = GnuSparseMap.fromHeader(block, at)
  return old.needsMore ? draft(entry, size, old.map) : withHoles(entry, size, old.map.regions, 0)
}

function draft(entry: TarEntry, size: number, map: SparseMapReader): SparseDraft {
  return { map, finish: () => withHoles(entry, size, map.regions, map.bytesTaken) }
}

function withHoles(entry: TarEntry, size: number, sparse: SparseRegions, bytesTaken: number): TarEntry {
  const storedSize = entry.storedSize - bytesTaken
  checkSparseRegions(sparse, size, storedSize)
  return { ...entry, size, storedSize, sparse }
}

/** The path in the header is one for tars that know no holes. */
function renamed(entry: TarEntry, records: PaxRecords): TarEntry {
  const name = records.get('GNU.sparse.name')
  return name === undefined || name === '' ? entry : { ...entry, path: parsePaxText(name) }
}

function paxSize(records: PaxRecords, key: string, entry: TarEntry): number {
  const value = records.get(key)
  if (value === undefined) throw unsupported(entry)
  return parsePaxNumber(value)
}

function unsupported({ path }: TarEntry): BakthatError {
  return new BakthatError(
    'UNSUPPORTED',
    `the file ${escapePath(path)} is stored with holes in a format that is not known`,
    {
      hint: 'unpack the archive with the program that made it',
    },
  )
}
