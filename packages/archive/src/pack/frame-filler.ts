import { readlinkSync } from 'node:fs'
import { createCompressor } from '../compression/compression.js'
import type { FrameCompressor } from '../compression/contract.js'
import { toFileSystemPath } from '../paths/byte-string.js'
import { blockSize } from '../tar/encode-header.js'
import { createIndexCompressor } from './archive-index.js'
import { FrameBuffer } from './frame-buffer.js'
import { KeptAttributes } from './kept-attributes.js'
import type { EntriesPlan, FilledFrame, FillSettings, FramePlan, PiecePlan, RawWarning } from './plan.js'
import { permissions, readPlan, type PlannedHeader } from './planned-entries.js'
import { readFailure } from './read-failure.js'
import { readRange } from './read-range.js'
import { addRegularFile } from './regular-file.js'

/** Fills frame plans: reads the files, writes tar bytes, compresses them. Keeps its buffers; one for each thread. */
export class FrameFiller {
  readonly #settings: FillSettings
  readonly #compressor: FrameCompressor
  readonly #indexCompressor: FrameCompressor
  readonly #attributes: KeptAttributes
  readonly #frame = new FrameBuffer()
  #bytesRead = 0
  #warnings: RawWarning[] = []
  #moved = new Map<string, string | undefined>()
  #current: string | undefined

  /** `compressor`: default, the usual one of the settings. */
  constructor(settings: FillSettings, compressor = createCompressor(settings.compression)) {
    this.#settings = settings
    this.#compressor = compressor
    this.#indexCompressor = createIndexCompressor()
    this.#attributes = new KeptAttributes(settings, (message) =>
      this.#warnings.push({ code: 'skipped', path: this.#current!, message }),
    )
  }

  /** Fills one frame. Files that cannot be read are left out with a warning. */
  fill(plan: FramePlan): FilledFrame {
    this.#frame.clear()
    this.#bytesRead = 0
    this.#warnings = []
    this.#moved = new Map()
    this.#current = undefined
    if (plan.kind === 'piece') this.#addPiece(plan)
    else this.#addEntries(plan)
    return this.#take()
  }

  #take(): FilledFrame {
    const { filled, entries, files } = this.#frame
    const bytes = this.#compressor.compress(filled)
    const complaint = this.#compressor.takeComplaint?.()
    if (complaint !== undefined) this.#warnings.push({ code: 'skipped', path: '', message: complaint })
    return {
      bytes,
      index: this.#indexCompressor.compress(this.#frame.takeIndex(bytes.length)),
      tarSize: filled.length,
      entries,
      files,
      bytesRead: this.#bytesRead,
      warnings: this.#warnings,
      moved: this.#moved,
      current: this.#current,
    }
  }

  #addEntries(plan: EntriesPlan): void {
    for (const entry of readPlan(plan, this.#settings)) {
      this.#current = entry.relativePath
      if (entry.header.type === 'file') this.#addRegular(entry)
      else if (entry.header.type === 'symlink') this.#addSymlink(entry)
      else if (entry.header.type === 'directory') this.#addDirectory(entry)
      else this.#frame.addEntry(entry.header)
    }
    if (plan.last) this.#frame.addZeros(2 * blockSize)
  }

  /** A file, or a link to the first name of the same file. Where that one did not make it, the next name takes its place. */
  #addRegular(entry: PlannedHeader): void {
    const planned = entry.hardLinkTo
    const target = planned !== undefined && this.#moved.has(planned) ? this.#moved.get(planned) : planned
    if (target !== undefined) {
      const linkTarget = this.#settings.name + target
      this.#frame.addEntry({ ...entry.header, type: 'hardlink', size: 0, linkTarget })
      return
    }
    const { size, genuine, warning } = addRegularFile(this.#frame, this.#settings, this.#attributes, entry)
    this.#bytesRead += size ?? 0
    if (warning !== undefined) this.#warnings.push(warning)
    if (planned !== undefined && genuine) this.#moved.set(planned, entry.relativePath)
    if (planned === undefined && !genuine && entry.links > 1) this.#moved.set(entry.relativePath, undefined)
  }

  #addDirectory({ header, accessPath }: PlannedHeader): void {
    const records = this.#attributes.recordsOf(accessPath)
    this.#frame.addEntry(records === '' ? header : { ...header, records })
  }

  #addSymlink({ accessPath, relativePath, header }: PlannedHeader): void {
    try {
      this.#frame.addEntry({ ...header, linkTarget: readlinkSync(toFileSystemPath(accessPath), 'latin1') })
    } catch (error) {
      this.#warnings.push(readFailure(error, relativePath))
    }
  }

  #addPiece(plan: PiecePlan): void {
    this.#current = plan.path
    if (plan.header !== undefined) {
      const { accessPath, device, mode, uid, gid, size, mtimeNs } = plan.header
      this.#frame.addEntry({
        type: 'file',
        path: this.#settings.name + plan.path,
        linkTarget: '',
        size,
        mtimeNs,
        ...permissions(this.#settings, mode, uid, gid),
        deviceMajor: 0,
        deviceMinor: 0,
        records: this.#attributes.recordsOf(accessPath, { descriptor: plan.descriptor, device }),
      })
    }
    const start = this.#frame.extend(plan.length)
    const { memory } = this.#frame
    const { length, error } = readRange(plan.descriptor, memory, start, { position: plan.position, size: plan.length })
    memory.fill(0, start + length, start + plan.length)
    this.#bytesRead += length
    if (error !== undefined) this.#warnings.push({ ...readFailure(error, plan.path), code: 'unreadable' })
    if (plan.ends) this.#frame.pad()
  }
}
