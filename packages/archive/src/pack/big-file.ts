import { fstatSync, openSync, type BigIntStats } from 'node:fs'
import { systemCodeOf } from '@bakthat/errors'
import { toFileSystemPath } from '../paths/byte-string.js'
import { closeRead } from './close-read.js'
import { frameSize } from './plan-builder.js'
import type { PiecePlan, RawWarning } from './plan.js'
import { openFlags } from './regular-file.js'
import type { WalkedEntry } from './tree-walk.js'

/** A file that spans frames. It is opened once, so that all pieces are of one file, whatever happens to its name meanwhile. */
export class BigFile {
  readonly path: string
  readonly stats: BigIntStats
  readonly #accessPath: string
  readonly #descriptor: number

  /** Throws the file system's error. */
  constructor({ path, accessPath }: WalkedEntry) {
    this.path = path
    this.#accessPath = accessPath
    this.#descriptor = openSync(toFileSystemPath(accessPath), openFlags)
    try {
      this.stats = fstatSync(this.#descriptor, { bigint: true })
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Its frames. The last one holds up to half a frame more, rather than beginning another. */
  *pieces(): Generator<PiecePlan> {
    const size = Number(this.stats.size)
    let position = 0
    do {
      const ends = size - position < frameSize * 1.5
      const length = ends ? size - position : frameSize
      const header = position === 0 ? this.#header(size) : undefined
      yield { kind: 'piece', descriptor: this.#descriptor, path: this.path, position, length, header, ends }
      position += length
    } while (position < size)
  }

  /** A warning if the file has changed since it was opened, or may have. */
  check(): RawWarning | undefined {
    try {
      const { mtimeNs, size } = fstatSync(this.#descriptor, { bigint: true })
      if (mtimeNs === this.stats.mtimeNs && size === this.stats.size) return undefined
      return { code: 'changed', path: this.path, message: 'changed while it was packed' }
    } catch (error) {
      const code = systemCodeOf(error)
      if (code === undefined) throw error
      return { code: 'changed', path: this.path, message: `may have changed while it was packed (${code})` }
    }
  }

  close(): void {
    closeRead(this.#descriptor)
  }

  #header(size: number): PiecePlan['header'] {
    const { mode, uid, gid, mtimeNs, dev: device } = this.stats
    return {
      accessPath: this.#accessPath,
      device,
      mode: Number(mode),
      uid: Number(uid),
      gid: Number(gid),
      size,
      mtimeNs,
    }
  }
}
