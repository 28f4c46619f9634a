import { constants, fstatSync, openSync, type BigIntStats } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { encodeHeader, type EntryHeader } from '../tar/encode-header.js'
import { closeRead } from './close-read.js'
import type { FrameBuffer } from './frame-buffer.js'
import type { KeptAttributes } from './kept-attributes.js'
import type { FillSettings, RawWarning } from './plan.js'
import { permissions, type PlannedHeader } from './planned-entries.js'
import { readFailure } from './read-failure.js'
import { readRange, readWhole } from './read-range.js'

/** Never through a link, and never waiting for a FIFO's other end. */
export const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** A file that has changed since it was planned is read in full if it is not larger than this, else up to its planned size. */
const rereadLimit = 4 * 1024 * 1024

export interface FileOutcome {
  /** Bytes of contents in the archive; `undefined` when the file was left out. */
  readonly size: number | undefined
  /** Whether what is in the archive is the very file that was planned, so that its other names may link to it. */
  readonly genuine: boolean
  readonly warning: RawWarning | undefined
}

/** Adds a regular file. Its header is settled after its contents were read, so that both tell the same story. */
export function addRegularFile(
  frame: FrameBuffer,
  settings: FillSettings,
  attributes: KeptAttributes,
  entry: PlannedHeader,
): FileOutcome {
  let descriptor: number
  try {
    descriptor = openSync(toFileSystemPath(entry.accessPath), openFlags)
  } catch (error) {
    return leftOut(readFailure(error, entry.relativePath))
  }
  try {
    const records = attributes.recordsOf(entry.accessPath, { descriptor, device: entry.device })
    const whole = records === '' ? entry : { ...entry, header: { ...entry.header, records } }
    return addOpenFile(frame, settings, whole, descriptor)
  } finally {
    closeRead(descriptor)
  }
}

function addOpenFile(
  frame: FrameBuffer,
  settings: FillSettings,
  entry: PlannedHeader,
  descriptor: number,
): FileOutcome {
  const { header, relativePath: path, device, inode } = entry
  const start = frame.openEntry(header, header.size)
  const { length, error } = readWhole(descriptor, frame.memory, start, header.size)
  let now: BigIntStats
  try {
    now = fstatSync(descriptor, { bigint: true })
  } catch (statError) {
    // What it is now, and whose, nobody knows.
    return leftOut(readFailure(statError, path))
  }
  if (!now.isFile()) return leftOut({ code: 'vanished', path, message: 'replaced by another kind of file' })
  const genuine = BigInt.asIntN(64, now.ino) === inode && BigInt.asIntN(64, now.dev) === device
  if (error !== undefined) {
    return genuine ? addDamagedFile(frame, entry, start, length, error) : leftOut(readFailure(error, path))
  }
  // What is another file by now has an owner and a mode of its own, whatever else is the same.
  if (genuine && length === header.size && now.mtimeNs === header.mtimeNs && Number(now.size) === length) {
    commit(frame, header, start)
    return { size: length, genuine, warning: undefined }
  }
  const size = addChangedFile(frame, headerNow(settings, header, now), descriptor)
  return { size, genuine, warning: { code: 'changed', path, message: 'changed while it was packed' } }
}

/** Reads the file a second time, as it is now. Whatever happens meanwhile, the header says what was read. */
function addChangedFile(frame: FrameBuffer, header: EntryHeader, descriptor: number): number {
  const start = frame.openEntry(header, header.size)
  const { length } = readRange(descriptor, frame.memory, start, { position: 0, size: header.size })
  const final = { ...header, size: length }
  encodeHeader(frame.memory, frame.length, final)
  commit(frame, final, start)
  return length
}

/** The place of an input or output error and all after it are zeros; a file whose first byte cannot be read is left out. */
function addDamagedFile(
  frame: FrameBuffer,
  { header, relativePath }: PlannedHeader,
  start: number,
  length: number,
  error: unknown,
): FileOutcome {
  const failure = readFailure(error, relativePath)
  if (length === 0) return leftOut(failure)
  frame.memory.fill(0, start + length, start + header.size)
  commit(frame, header, start)
  return { size: header.size, genuine: true, warning: { ...failure, code: 'unreadable' } }
}

function headerNow(settings: FillSettings, header: EntryHeader, now: BigIntStats): EntryHeader {
  const size = Number(now.size)
  return {
    ...header,
    ...permissions(settings, Number(now.mode), Number(now.uid), Number(now.gid)),
    mtimeNs: now.mtimeNs,
    size: size <= rereadLimit ? size : Math.min(header.size, size),
  }
}

function commit(frame: FrameBuffer, header: EntryHeader, start: number): void {
  frame.commitEntry(header, start, header.size)
  frame.pad()
}

function leftOut(warning: RawWarning): FileOutcome {
  return { size: undefined, genuine: false, warning }
}
