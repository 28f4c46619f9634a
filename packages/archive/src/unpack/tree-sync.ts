import { chmodSync, closeSync, constants, fchmodSync, lstatSync, openSync, readdirSync, type Stats } from 'node:fs'
import { AccessPaths } from './access-paths.js'
import { syncOpen, syncOpenDirectory } from './disk-sync.js'

/** Files that are open at the same time: Node asks for no more at once, and whoever interrupts waits for those that are asked for. */
const mostOpen = 4

const safely = constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * How a thing is opened, what an owner needs for that, and how the disk is waited for. A file for writing, although nothing is
 * written: some servers, as those of SMB, refuse to write out what was opened for reading.
 */
const file = { flags: constants.O_WRONLY | safely, access: 0o200, sync: syncOpen }
const directory = { flags: constants.O_RDONLY | constants.O_DIRECTORY | safely, access: 0o500, sync: syncOpenDirectory }

/**
 * Waits until the disk has each file and directory in a private directory, and that itself. Links and special files are never
 * opened: they are kept with the directory that they lie in. What is closed to its owner is opened for a moment.
 */
export class TreeSync {
  readonly #paths: AccessPaths
  readonly #signal: AbortSignal | undefined
  readonly #open: { readonly descriptor: number; readonly sync: typeof syncOpen }[] = []

  constructor(root: string, signal: AbortSignal | undefined) {
    this.#paths = new AccessPaths(root)
    this.#signal = signal
  }

  async run(): Promise<void> {
    try {
      await this.#directory('', lstatSync(this.#paths.of('')))
      await this.#sync()
    } finally {
      for (const { descriptor } of this.#open.splice(0)) closeSync(descriptor)
      this.#paths.close()
    }
  }

  async #directory(path: string, stats: Stats): Promise<void> {
    const place = this.#paths.of(path)
    const closed = unlock(place, stats, directory.access)
    for (const name of readdirSync(place, 'latin1')) {
      if (this.#signal?.aborted === true) return
      const below = path === '' ? name : `${path}/${name}`
      const found = lstatSync(this.#paths.of(below))
      if (found.isDirectory()) await this.#directory(below, found)
      else if (found.isFile()) await this.#add(below, unlock(this.#paths.of(below), found, file.access), file)
    }
    await this.#add(path, closed, directory)
  }

  /** `mode` is what it is to have once it is open, where that is another. */
  async #add(path: string, mode: number | undefined, { flags, sync }: typeof file): Promise<void> {
    const descriptor = openSync(this.#paths.of(path), flags)
    this.#open.push({ descriptor, sync })
    if (mode !== undefined) fchmodSync(descriptor, mode)
    if (this.#open.length === mostOpen) await this.#sync()
  }

  async #sync(): Promise<void> {
    const results = await Promise.allSettled(this.#open.map(({ descriptor, sync }) => sync(descriptor)))
    for (const { descriptor } of this.#open.splice(0)) closeSync(descriptor)
    const failed = results.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }
}

/** Lets its owner open a thing, and gives the mode that it had if it was closed. */
function unlock(place: string | Buffer, stats: Stats, needed: number): number | undefined {
  const mode = stats.mode & 0o7777
  if ((mode & needed) === needed) return undefined
  chmodSync(place, mode | needed)
  return mode
}
