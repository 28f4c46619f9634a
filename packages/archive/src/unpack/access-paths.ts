import { closeSync, openSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { descriptors, directoryFlags } from '../paths/open-directory.js'
import { longestAccessPath } from '../paths/path-limits.js'

/** A directory that is kept open because the paths below it are too long. */
interface Waypoint {
  readonly path: string
  readonly descriptor: number
}

/** Tells by which path the file system finds what lies below a root, however deep. On Linux long paths go by way of open directories. */
export class AccessPaths {
  readonly #root: string
  readonly #waypoints: Waypoint[] = []

  constructor(root: string) {
    this.#root = root
  }

  /** For a path below the root, or the root itself where it is empty. Throws the system's error where a directory on the way is missing. */
  of(path: string): string | Buffer {
    return toFileSystemPath(this.bytesOf(path))
  }

  /** The same as a byte string. */
  bytesOf(path: string): string {
    const direct = path === '' ? this.#root : `${this.#root}/${path}`
    if (direct.length <= longestAccessPath || process.platform !== 'linux') return direct
    return this.#byWaypoints(path)
  }

  /** Closes what is open. To be called when a directory was removed. */
  close(): void {
    for (const { descriptor } of this.#waypoints.splice(0)) closeSync(descriptor)
  }

  #byWaypoints(path: string): string {
    this.#leave(path)
    for (;;) {
      const last = this.#waypoints.at(-1)
      const base = last === undefined ? this.#root : `${descriptors}/${last.descriptor}`
      const rest = last === undefined ? path : path.slice(last.path.length + 1)
      if (base.length + 1 + rest.length <= longestAccessPath) return `${base}/${rest}`
      const length = rest.lastIndexOf('/', longestAccessPath - base.length - 1)
      const descriptor = openSync(toFileSystemPath(`${base}/${rest.slice(0, length)}`), directoryFlags)
      this.#waypoints.push({ path: path.slice(0, path.length - rest.length + length), descriptor })
    }
  }

  /** Closes the directories that are not on the way to `path`. */
  #leave(path: string): void {
    for (let last = this.#waypoints.at(-1); last !== undefined; last = this.#waypoints.at(-1)) {
      if (path.startsWith(`${last.path}/`)) return
      closeSync(last.descriptor)
      this.#waypoints.pop()
    }
  }
}
