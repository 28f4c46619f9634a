import type { PaxRecords } from '../tar/decode-pax.js'
import type { SparseRegions } from '../tar/decode-sparse.js'
import type { ArchiveEntry } from './contract.js'

/** An entry as the reader gives it, always of one shape, for speed. Strings are byte strings, empty where there are none. */
export interface TarEntry {
  readonly type: ArchiveEntry['type']
  /** As in the archive. */
  readonly path: string
  readonly linkTarget: string
  /** Bytes that a file has, with its holes. */
  readonly size: number
  /** Bytes of contents that follow. */
  readonly storedSize: number
  /** Where they belong, in a file with holes. */
  readonly sparse: SparseRegions | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName: string
  readonly groupName: string
  /** Seconds since 1970, and the nanoseconds after them. */
  readonly mtimeSeconds: number
  readonly mtimeNanoseconds: number
  readonly deviceMajor: number
  readonly deviceMinor: number
  /** Its extended attributes and access control lists. */
  readonly extended: PaxRecords | undefined
}

/** The entry as the package's users see it. */
export function toArchiveEntry(entry: TarEntry): ArchiveEntry {
  const { type, path, linkTarget, size, mode, uid, gid, userName, groupName, mtimeSeconds, mtimeNanoseconds } = entry
  return {
    type,
    path: path.replace(/^\/+|\/+$/g, ''),
    ...((type === 'symlink' || type === 'hardlink') && { linkTarget }),
    size,
    mode,
    uid,
    gid,
    ...(userName !== '' && { userName }),
    ...(groupName !== '' && { groupName }),
    mtimeNs: BigInt(mtimeSeconds) * 1_000_000_000n + BigInt(mtimeNanoseconds),
  }
}
