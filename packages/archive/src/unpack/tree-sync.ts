import { chmodSync, closeSync, constants, fchmodSync, lstatSync, openSync, readdirSync } from 'node:fs'
import { AccessPaths } from './access-paths.js'
import { syncOpen } from './disk-sync.js'

/** Files that are open at the same time. */
const mostOpen = 16

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** What an owner needs to open a thing. */
const access = { file: 0o400, directory: 0o500 }

/**
 * Waits until the disk has each file and directory in a private directory, and that itself. Links and special files are never
 * opened: they are kept with the directory that they lie in. What is closed to its owner is opened for a moment.
 */
export class TreeSync {
  readonly #paths: AccessPaths
  readonly #signal: AbortSignal | undefined
  readonly #open: number[] = []

  constructor(root: string, signal: AbortSignal | undefined) {
    this.#paths = new AccessPaths(root)
    this.#signal = signal
  }

  async run(): Promise<void> {
    try {
      await this.#directory('')
      await this.#sync()
    } finally {
      for (const descriptor of this.#open.splice(0)) closeSync(descriptor)
      this.#paths.close()
    }
  }

  async #directory(path: string): Promise<void> {
    const place = this.#paths.of(path)
    const closed = unlock(place, access.directory)
    for (const entry of readdirSync(place, { encoding: 'latin1', withFileTypes: true })) {
      if (this.#signal?.aborted === true) return
      const below = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isDirectory()) await this.#directory(below)
      else if (entry.isFile()) await this.#add(below, unlock(this.#paths.of(below), access.file))
    }
    await this.#add(path, closed)
  }

  /** `mode` is what it is to have once it is open, where that is another. */
  async #add(path: string, mode: number | undefined): Promise<void> {
    const descriptor = openSync(this.#paths.of(path), flags)
    this.#open.push(descriptor)
    if (mode !== undefined) fchmodSync(descriptor, mode)
    if (this.#open.length === mostOpen) await this.#sync()
  }

  async #sync(): Promise<void> {
    const results = await Promise.allSettled(this.#open.map(syncOpen))
    for (const descriptor of this.#open.splice(0)) closeSync(descriptor)
    const failed = results.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }
}

/** Lets its owner open a thing, and gives the mode that it had if it was closed. */
function unlock(place: string | Buffer, needed: number): number | undefined {
  const mode = lstatSync(place).mode & 0o7777
  if ((mode & needed) === needed) return undefined
  chmodSync(place, mode | needed)
  return mode
}
