import type { ArchiveWarning } from '../pack/contract.js'

/** Bounds that a hostile or damaged archive runs into before it harms the machine. Passing one throws `UNSAFE_ARCHIVE`. */
export interface ExtractLimits {
  /** Bytes of file contents in all. Default: no bound but the free space. */
  readonly maxBytes?: number
  /** Entries in all, and directories that have none and lie above one. Default 50 million. */
  readonly maxEntries?: number
  /**
   * Decompressed bytes per compressed byte, counted once 64 MiB have come out. Default 1,500 (deflate cannot pass 1,032), and no bound
   * where `maxBytes` is given: zstd honestly makes 30,000 zeros of a byte.
   */
  readonly maxRatio?: number
}

export interface ExtractOptions {
  /** The directory whose entries the archive's top-level entries become. Made (0755 less umask) if missing, and those above it. */
  readonly to: string
  /** Replace what is in the way, each top-level entry as a whole. Default false: `ALREADY_EXISTS` names what is in the way. */
  readonly overwrite?: boolean
  /**
   * Paths that `overwrite` does not touch: `ALREADY_EXISTS` for a top-level entry that would replace one, or a directory that one
   * lies in. The same holds for what is mounted (on Linux).
   */
  readonly spare?: readonly string[]
  /**
   * Restore these entries alone, with all that lies below them and the attributes of the directories above: paths in the archive,
   * plain or as `escapePath` writes them. `NOT_FOUND` for one that it does not hold, `INVALID_INPUT` for a hard link whose
   * contents stand at an entry that was not chosen. Not together with `overwrite`, which would replace the whole top-level entry.
   */
  readonly only?: readonly string[]
  /**
   * Keep setuid, setgid and sticky bits of everything, and the capabilities of files. Default: the sticky bit of directories, and
   * with `keepOwner` their setgid.
   */
  readonly keepSpecialModes?: boolean
  /** Give entries their recorded owner: by name first, then number. Default: when running as root. */
  readonly keepOwner?: boolean
  /** Make device nodes and FIFOs (root only). Default false: they are listed as skipped. */
  readonly special?: boolean
  /**
   * Make holes of zeros, which take no room, as in images of disks: on file systems that have holes. It is not known beforehand,
   * then, whether a file fits. Default false: only the holes that an archive tells of are made.
   */
  readonly sparse?: boolean
  readonly limits?: ExtractLimits
  /** About how many bytes the tar has, where that is known: for a large one, threads are got ready while it is being fetched. */
  readonly estimatedSize?: number
  /** Threads that decompress; 0: the one that unpacks does it. Default: one for each processor, up to 8, and 0 for two. */
  readonly workers?: number
  readonly signal?: AbortSignal
  /** Told, in a sentence, of what an earlier restore left there when it was killed. */
  readonly onNotice?: (notice: string) => void
  readonly onProgress?: (progress: ExtractProgress) => void
}

export interface ExtractProgress {
  readonly files: number
  readonly bytesWritten: number
  /** The path last begun, escaped for people. */
  readonly current: string
  /** Set once, when all is made: from now on the disk is waited for. */
  readonly isFlushing?: true
}

export interface ExtractSummary {
  readonly entries: number
  readonly files: number
  readonly bytesWritten: number
  /** Names of the top-level entries that are now in `to`, escaped for people. */
  readonly topLevel: readonly string[]
  /** Entries that were not restored, or not exactly, and why. 10,000 at most; then a last one, without a path, counts the rest. */
  readonly warnings: readonly ArchiveWarning[]
}

/** One entry as an archive tells it. */
export interface ArchiveEntry {
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character-device' | 'block-device'
  /** The path's bytes, one character each (latin1), as in the archive but without leading or trailing slashes. */
  readonly path: string
  readonly linkTarget?: string
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName?: string
  readonly groupName?: string
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint
}

export interface InspectOptions {
  /** As in a restore, but with no bound for `maxRatio` unless it is given: nothing is written. */
  readonly limits?: ExtractLimits
  readonly workers?: number
  readonly signal?: AbortSignal
  /** Told of every entry, in the order of the archive. */
  readonly onEntry?: (entry: ArchiveEntry) => void
  /** Called after each piece of the archive. */
  readonly onProgress?: (progress: Omit<InspectSummary, 'tarSize'>) => void
}

export interface InspectSummary {
  readonly entries: number
  readonly files: number
  /** Bytes of file contents. */
  readonly contentSize: number
  readonly tarSize: number
}

/** One entry as an index tells it. */
export type IndexedEntry = Pick<ArchiveEntry, 'type' | 'path' | 'linkTarget' | 'size' | 'mode' | 'mtimeNs'>

/** A piece of an archive that can be decompressed alone, as an index tells it. */
export interface IndexedFrame {
  /** Bytes of the archive, compressed but not encrypted, that come before it. */
  readonly start: number
  /** Bytes that it has itself. */
  readonly stored: number
  /** Bytes of tar in it. */
  readonly tarSize: number
  /** The entries that begin in it. One without goes on with the last of those before, or is the archive's end. */
  readonly entries: readonly IndexedEntry[]
}

/** Where some of an archive's entries lie. */
export interface ChosenFrames {
  /** First byte and (exclusive) end in the archive, compressed but not encrypted, in its order. */
  readonly ranges: readonly { readonly start: number; readonly end: number }[]
  /** Bytes of file contents that were chosen. */
  readonly contentSize: number
  /** Bytes of tar in the pieces that hold them. */
  readonly tarSize: number
  /** Bytes of the whole archive, compressed but not encrypted. */
  readonly archiveSize: number
}
