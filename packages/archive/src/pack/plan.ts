import type { Compression } from '../types.js'

/** What a worker needs to know once. Strings are byte strings. */
export interface FillSettings {
  /** The packed path; entries are this and their relative path. */
  readonly root: string
  /** What stands in its place in the archive. */
  readonly name: string
  readonly compression: Compression
  /** Whether extended attributes are kept. */
  readonly xattrs: boolean
  readonly userNames: ReadonlyMap<number, string>
  readonly groupNames: ReadonlyMap<number, string>
}

/** The columns of {@link EntriesPlan.numbers}. */
export const column = { mode: 0, uid: 1, gid: 2, size: 3, links: 4 } as const
export const columns = 5

/**
 * The columns of {@link EntriesPlan.bigNumbers}. The device is the one that a device node stands for, or that a file lies on.
 */
export const bigColumn = { mtimeNs: 0, inode: 1, device: 2 } as const
export const bigColumns = 3

/**
 * One frame of whole entries, as columns: that is what crosses threads for a twentieth of the price of objects.
 * Paths are relative to the root, each with a leading slash (the root's own is empty), joined by NUL.
 */
export interface EntriesPlan {
  readonly kind: 'entries'
  readonly count: number
  readonly paths: string
  readonly numbers: Float64Array
  readonly bigNumbers: BigInt64Array
  /** Entries that are hard links, and the relative paths that they link to. */
  readonly hardLinks: ReadonlyMap<number, string>
  /** Entries that are reached by another path than root and relative path: that one is too long, or others can redirect it. */
  readonly detours: ReadonlyMap<number, string>
  /** Times of entries that do not fit into 64 bits of nanoseconds: those after the year 2262. */
  readonly farTimes: ReadonlyMap<number, bigint>
  /** Whether the archive ends here. */
  readonly last: boolean
}

/** One frame that holds a piece of one big file, which the main thread has open. */
export interface PiecePlan {
  readonly kind: 'piece'
  readonly descriptor: number
  readonly path: string
  readonly position: number
  readonly length: number
  /** Given with the first piece, which begins with the header. */
  readonly header: PieceHeader | undefined
  /** Whether the file ends here, so that its last block is filled up. */
  readonly ends: boolean
}

export interface PieceHeader {
  /** By which the file was opened. */
  readonly accessPath: string
  readonly device: bigint
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtimeNs: bigint
}

export type FramePlan = EntriesPlan | PiecePlan

/** A warning as workers make it: the path is relative to the root, in bytes. */
export interface RawWarning {
  readonly code: 'changed' | 'vanished' | 'unreadable' | 'skipped'
  readonly path: string
  readonly message: string
}

/** One filled frame. */
export interface FilledFrame {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The frame's part of the index, compressed. */
  readonly index: Uint8Array<ArrayBuffer>
  readonly tarSize: number
  readonly entries: number
  readonly files: number
  readonly bytesRead: number
  readonly warnings: readonly RawWarning[]
  /**
   * Files with several names that did not come into the archive under the planned one, and the path that later names can link
   * to instead: `undefined` when there is none in this frame.
   */
  readonly moved: ReadonlyMap<string, string | undefined>
  /** The relative path last packed, if the frame holds any. */
  readonly current: string | undefined
}
