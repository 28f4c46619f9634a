import type { Bytes, Compression } from '../types.js'

export interface PackOptions {
  /** The file or directory to pack, absolute, and no symbolic link. Bytes where the path is not valid UTF-8. */
  readonly path: string | Uint8Array
  /** The archive's one top-level entry. Default: the last component of `path`. */
  readonly name?: string
  /** Default `{ format: 'zstd' }`. */
  readonly compression?: Compression
  /** Patterns with gitignore's semantics, matched against paths relative to `path`. A file given as `path` itself is never excluded. */
  readonly exclude?: readonly string[]
  /** Leave out the contents of directories tagged by a valid `CACHEDIR.TAG` (the tag itself stays). Default false. */
  readonly excludeCaches?: boolean
  /** Do not descend into other file systems; the mount points themselves are stored. Default false. */
  readonly oneFileSystem?: boolean
  /**
   * Keep the extended attributes and access control lists of files and directories, at the price of a few system calls for each.
   * `UNSUPPORTED` on other systems than Linux, and where the optional dependency `@napi-rs/xattr` is not at hand. Default false.
   */
  readonly xattrs?: boolean
  /** Absolute paths that are left out whole, silently: the destination, when it lies inside the source. */
  readonly omit?: readonly string[]
  /** Threads that read and compress. Default: the machine's parallelism, at most 8. Output does not depend on it. */
  readonly workers?: number
  /** Stops the packing: `bytes` throws `INTERRUPTED`. */
  readonly signal?: AbortSignal
  /** Called as frames are finished, at most once a frame. */
  readonly onProgress?: (progress: PackProgress) => void
}

/** Something that is left out because it was asked for. */
export interface LeftOut {
  /** As in {@link ArchiveWarning}; of a directory with a slash at its end. */
  readonly path: string
  /** `cache` and `file system` are of directories, which are stored themselves: all that is in them is left out, but for the tag of a cache. */
  readonly reason: 'pattern' | 'cache' | 'file system'
  /** The one that decided it, as it was written. Of the reason `pattern` only. */
  readonly pattern?: string
}

export interface SurveyOptions extends Pick<
  PackOptions,
  'path' | 'name' | 'exclude' | 'excludeCaches' | 'oneFileSystem' | 'omit' | 'signal'
> {
  /** Called after every few thousand entries. */
  readonly onProgress?: (progress: Pick<PackProgress, 'files' | 'bytesFound' | 'current'>) => void
  /** The clock that `fingerprint` goes by. Default: that of the machine. */
  readonly now?: () => Date
}

/** What packing would find. */
export interface Survey {
  /** Of every kind. */
  readonly entries: number
  /** Regular files among them, hard links included. */
  readonly files: number
  /** Bytes of file contents, those of hard links once. */
  readonly bytes: number
  /**
   * SHA-256, in hexadecimal, of paths, types, modes, owners, sizes and times: another one where anything was changed between two
   * surveys. Of directories the times are not in it, which change with entries that are left out. Absent where something was changed
   * within the two seconds before: file systems tell no finer, so it could be changed once more and look the same.
   */
  readonly fingerprint?: string
  /** In the order of the archive; 10,000 at most. */
  readonly leftOut: readonly LeftOut[]
  /** How many more were left out than `leftOut` has. */
  readonly moreLeftOut: number
  /** What cannot be read, and what no archive can hold, as packing would tell it. */
  readonly warnings: readonly ArchiveWarning[]
}

export interface PackProgress {
  readonly files: number
  /** Bytes of file contents read so far. */
  readonly bytesRead: number
  /** What is known of the total while the walk is still running; exact once `walked`. */
  readonly bytesFound: number
  readonly walked: boolean
  /** The path last finished, for people: escaped, relative. */
  readonly current: string
}

/** What went otherwise than planned with one path. */
export type WarningCode =
  /** The content changed while it was read: it is cut or padded with zeros to the size in its header. */
  | 'changed'
  /** It was gone when its turn came, and is not in the archive. */
  | 'vanished'
  /** It could not be read, and is not in the archive (or, from the place of an I/O error on, is zeros). */
  | 'unreadable'
  /** Not stored or restored, or not as it was, for what it is: a socket, a device node not asked for, a slash before a path, what follows an archive's end. */
  | 'skipped'
  /** Restored, but for an owner or extended attributes that could not be given, or for special bits or capabilities. */
  | 'attributes'

export interface ArchiveWarning {
  readonly code: WarningCode
  /** Relative to the packed path's parent, control characters and bytes that are not UTF-8 escaped as `\n`, `\x1b`, `\xff`. */
  readonly path: string
  readonly message: string
  /** Whether the archive, or what was restored, lacks something that was asked for. In packing: for all codes but `skipped`. */
  readonly incomplete: boolean
}

export interface PackSummary {
  /** Entries in the archive, of every kind. */
  readonly entries: number
  /** Regular files among them, hard links included. */
  readonly files: number
  /** Bytes of file contents read. */
  readonly bytesRead: number
  /** Bytes of tar before compression. */
  readonly tarSize: number
  /** In the order of the archive. 10,000 at most; then a last one, without a path, tells how many more there were. */
  readonly warnings: readonly ArchiveWarning[]
  /**
   * The archive's index, a zstd file of JSON lines (gzip where zstd is not at hand): which frame and offset holds which
   * entry. The format is in docs/formats.md.
   */
  readonly index: Uint8Array
}

/** A packing under way. Nothing is read before `bytes` is iterated. */
export interface Packing {
  /** The archive as it is stored (before encryption), in chunks of one frame. Backpressure reaches the walk. */
  readonly bytes: Bytes
  /** Resolves when `bytes` has ended well; rejects as `bytes` throws. */
  readonly summary: Promise<PackSummary>
}
