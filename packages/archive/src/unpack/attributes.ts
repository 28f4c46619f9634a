import { systemCodeOf } from '@bakthat/errors'
import {
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  chmodSync,
  lutimesSync,
  closeSync,
  unlinkSync,
  type Stats,
} from 'node:fs'
import type { AccessPaths } from './access-paths.js'
import { createFile } from './create-file.js'
import { GivenAttributes, type Given } from './given-attributes.js'
import { idsByName } from './owner-ids.js'
import type { TarEntry } from './tar-entry.js'
import type { WarningList } from '../warnings/warning-list.js'

/** What is given to a thing once it is complete; what it has of its `own`, once it is made. */
export interface EntryAttributes extends Given {
  /** In the archive, for warnings. */
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** As `utimes` takes it. */
  readonly time: number | string
}

export interface FileAttributes extends EntryAttributes {
  /** Whether the file was made with its mode. */
  readonly hasMode: boolean
}

export interface AttributeOptions {
  readonly keepOwner: boolean
  readonly keepSpecialModes: boolean
}

const specialBits = 0o7000
const setgidBit = 0o2000
const stickyBit = 0o1000

/** Gives entries their owner, mode and time, in this order: giving a file away takes setuid and setgid from it. */
export class Attributes {
  readonly #options: AttributeOptions
  readonly #warnings: WarningList
  readonly #users: ReadonlyMap<string, number>
  readonly #groups: ReadonlyMap<string, number>
  readonly #given: GivenAttributes
  readonly #refused = new Set<string>()
  /** What new files in the staging directory get. */
  readonly #usual: { readonly uid: number; readonly gid: number }
  /** Which bits of the mode that they are made with they get: the umask decides, or an access control list. */
  readonly #granted: number

  /** `probe` is a path where something may be for a moment. */
  constructor(options: AttributeOptions, warnings: WarningList, probe: string | Buffer) {
    this.#options = options
    this.#warnings = warnings
    this.#users = options.keepOwner ? idsByName('/etc/passwd') : new Map<string, number>()
    this.#groups = options.keepOwner ? idsByName('/etc/group') : new Map<string, number>()
    this.#given = new GivenAttributes(options.keepSpecialModes, warnings)
    const stats = statsOfNew(probe)
    this.#usual = stats
    this.#granted = stats.mode & 0o777
  }

  /** What the entry will get on this machine. */
  of(entry: TarEntry, path: string): EntryAttributes {
    const { mode, userName, groupName } = entry
    const { keepOwner } = this.#options
    const { own, access } = this.#given.of(entry, path)
    const dropped = this.#droppedFrom(entry)
    if ((mode & dropped) !== 0 && entry.type !== 'symlink') {
      this.#warnings.add('attributes', path, 'its setuid, setgid or sticky bit is not restored', false)
    }
    return {
      path,
      mode: mode & ~dropped,
      uid: keepOwner ? (this.#users.get(userName) ?? entry.uid) : this.#usual.uid,
      gid: keepOwner ? (this.#groups.get(groupName) ?? entry.gid) : this.#usual.gid,
      time: utimesTime(entry.mtimeSeconds, entry.mtimeNanoseconds),
      own,
      access,
    }
  }

  /**
   * Special bits give rights to whoever runs a file. Of a directory the sticky bit takes some away, and a directory in which
   * all may write would be worse without it; setgid is part of whom it belongs to.
   */
  #droppedFrom({ type }: TarEntry): number {
    const { keepOwner, keepSpecialModes } = this.#options
    if (keepSpecialModes) return 0
    if (type !== 'directory') return specialBits
    return specialBits & ~stickyBit & ~(keepOwner ? setgidBit : 0)
  }

  /**
   * Whether a file that is made with its mode gets just that, which saves a call for each. Nobody else reaches it yet. One that
   * its owner may not write takes no attributes.
   */
  isModeGranted({ mode, own }: EntryAttributes): boolean {
    return (mode & ~this.#granted) === 0 && own.length === 0
  }

  /** What a file or directory has of its own, as soon as it is made. */
  giveOwn(paths: AccessPaths, { path, own }: EntryAttributes): void {
    if (own.length > 0) this.#given.give(paths.bytesOf(path), path, own)
  }

  /** Who else may reach a file or directory, after its owner and mode. */
  giveAccess(paths: AccessPaths, { path, access }: EntryAttributes): void {
    if (access.length > 0) this.#given.give(paths.bytesOf(path), path, access)
  }

  /** A file, or a directory that may not be as new files are. Both may have {@link giveAccess} to come. */
  toDescriptor(descriptor: number, attributes: EntryAttributes, hasMode = false): void {
    const { uid, gid, mode, time } = attributes
    if (this.#needsOwner(attributes)) {
      this.#giveOwner(attributes, () => {
        fchownSync(descriptor, uid, gid)
      })
    }
    if (!hasMode) fchmodSync(descriptor, mode)
    futimesSync(descriptor, time, time)
  }

  /** A symbolic link has no mode of its own. */
  toLink(path: string | Buffer, attributes: EntryAttributes): void {
    const { uid, gid, time } = attributes
    if (this.#needsOwner(attributes)) {
      this.#giveOwner(attributes, () => {
        lchownSync(path, uid, gid)
      })
    }
    lutimesSync(path, time, time)
  }

  /** A FIFO or device node, which to open may wait or act; nobody else can have put a link in its place. */
  toNode(path: string | Buffer, attributes: EntryAttributes): void {
    const { uid, gid } = attributes
    this.#giveOwner(attributes, () => {
      lchownSync(path, uid, gid)
    })
    chmodSync(path, attributes.mode)
    lutimesSync(path, attributes.time, attributes.time)
  }

  #needsOwner({ uid, gid }: EntryAttributes): boolean {
    return uid !== this.#usual.uid || gid !== this.#usual.gid
  }

  /** A container's root may give nothing away; some file systems know no owners. */
  #giveOwner({ path, uid, gid }: EntryAttributes, chown: () => void): void {
    if (uid === noOwner || gid === noOwner) {
      this.#tellRefusal(path, `${uid}:${gid}`)
      return
    }
    try {
      chown()
    } catch (error) {
      if (!ordinaryRefusals.has(String(systemCodeOf(error)))) throw error
      this.#tellRefusal(path, `${uid}:${gid}`)
    }
  }

  /** Once for each owner: a file system that refuses one refuses it thousands of times. */
  #tellRefusal(path: string, owner: string): void {
    if (this.#refused.has(owner) || this.#refused.size > mostRefusals) return
    this.#refused.add(owner)
    this.#warnings.add('attributes', path, `the owner ${owner} cannot be given to it, nor to others`, true)
  }
}

/** Of a file as the staging directory makes them, which is gone again. */
function statsOfNew(path: string | Buffer): Stats {
  const descriptor = createFile(path, 0o777)
  try {
    return fstatSync(descriptor)
  } finally {
    closeSync(descriptor)
    unlinkSync(path)
  }
}

const mostRefusals = 1000

/** To chown(2) it means: as it is. */
const noOwner = 2 ** 32 - 1

const ordinaryRefusals = new Set(['EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP', 'ERR_OUT_OF_RANGE'])

/** What libuv cuts off before its version 1.52 (in Node 20 and 22) is below a microsecond; half of one makes that rounding. */
const half = isBefore(process.versions.uv, 1, 52) ? 500 : 0

/**
 * As exactly as Node takes it: in seconds, in a double. It takes numbers before 1970 for the present, but not their text.
 */
function utimesTime(seconds: number, nanoseconds: number): number | string {
  if (seconds < 0) return String(seconds + (nanoseconds - half) / 1e9)
  return seconds + (nanoseconds + half) / 1e9
}

function isBefore(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor < major || (ownMajor === major && ownMinor < minor)
}
