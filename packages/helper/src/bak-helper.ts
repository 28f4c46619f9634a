// Programs whose own lib is older, and that have no types of Node, know what `using` takes by this alone.
/// <reference lib="esnext.disposable" preserve="true" />

import { setMaxListeners } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import {
  open,
  outputOf,
  type Bakthat,
  type BackupOptions,
  type BackupResult,
  type DeleteOlderThanResult,
  type RestoreOptions,
  type RestoreResult,
  type RotateResult,
} from 'bakthat'
import { BakthatError } from '@bakthat/errors'
import type { BakHelperOptions, OpenBakHelperOptions, RunOptions } from './contract.js'
import { PrivateDirectory } from './private-directory.js'
import { cleanUpOnSignals } from './stop-signals.js'

/**
 * What a backup script needs. {@link BakHelper.open} gives one with a private directory to dump into, which is the working
 * directory for the time; `new BakHelper(options)` one without, for what lies on the disk already.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises'
 * import { BakHelper } from '@bakthat/helper'
 *
 * await using bh = await BakHelper.open('mybackup', { tags: ['mybackup'], conf: { local_dir: '/tmp/store', database: '/tmp/catalog.sqlite' } })
 * await writeFile('myfile.txt', 'mydata')
 * await bh.backup()
 * ```
 */
export class BakHelper implements AsyncDisposable {
  /** What its backups are called unless a call says otherwise. */
  readonly name: string | undefined
  readonly #options: BakHelperOptions
  readonly #directory: PrivateDirectory | undefined
  readonly #stop = new AbortController()
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #forgetSignals: (() => void) | undefined
  #bakthat: Promise<Bakthat> | undefined
  #stopped: Promise<void> | undefined

  constructor(options?: BakHelperOptions)
  /** @internal */
  constructor(options: BakHelperOptions, name: string, directory: PrivateDirectory, bakthat: Bakthat)
  constructor(options: BakHelperOptions = {}, name?: string, directory?: PrivateDirectory, bakthat?: Bakthat) {
    this.name = name
    this.#options = options
    this.#directory = directory
    this.#bakthat = bakthat && Promise.resolve(bakthat)
    if (directory === undefined) return
    // Any number of commands may run at the same time, which Node would take for a leak.
    setMaxListeners(0, this.#stop.signal)
    const stop = (): Promise<void> => {
      this.#stop.abort()
      // A signal that comes twice, as npm passes on what the terminal sent already, cuts nothing short.
      return (this.#stopped ??= this.close())
    }
    this.#forgetSignals = cleanUpOnSignals(stop, () => directory.remove())
  }

  /**
   * Makes a private directory, and unless `chdir` is false the working directory of this process, until {@link close}. It is
   * removed with everything in it, also when the process ends by `process.exit`, an error that nobody caught, or SIGINT, SIGTERM
   * and SIGHUP. Relative paths of the configuration start from the working directory of before. `INVALID_INPUT` for a name with
   * a slash in it, where another one has the working directory, and in a worker thread unless `chdir` is false; `INVALID_CONFIG` as
   * for `open`.
   */
  static async open(name: string, { chdir = true, ...options }: OpenBakHelperOptions = {}): Promise<BakHelper> {
    if (typeof name !== 'string' || !/^(?!\.{1,2}$)[^/\0]+$/.test(name))
      throw new BakthatError('INVALID_INPUT', 'that is no name for a backup', { hint: 'give one without slashes' })
    const bakthat = await open(options)
    try {
      return new BakHelper(options, name, new PrivateDirectory(name, chdir), bakthat)
    } catch (error) {
      await bakthat.close()
      throw error
    }
  }

  /** The private directory, absolute. `INVALID_INPUT` where there is none. */
  get directory(): string {
    if (this.#directory !== undefined) return this.#directory.path
    throw new BakthatError('INVALID_INPUT', 'this BakHelper has no directory', { hint: 'make it with BakHelper.open' })
  }

  /** A path in the private directory, absolute. */
  path(...names: readonly string[]): string {
    return resolve(this.directory, ...names)
  }

  /** Backs the path up, by default all of the private directory under the helper's name. */
  backup(path?: string, options: BackupOptions = {}): Promise<BackupResult> {
    const { tags = [], password, recipients } = this.#options
    const name = path === undefined && this.name !== undefined ? { name: this.name } : {}
    return this.#act((bakthat, signal) =>
      bakthat.backup(path ?? this.directory, {
        signal,
        ...name,
        ...(password !== undefined && { password }),
        ...(recipients !== undefined && { recipients }),
        ...this.#destination(),
        ...options,
        tags: [tags, options.tags ?? []].flat(),
      }),
    )
  }

  /** Thins the backups of that name out as the configuration's `rotation` says. Default: the helper's name. */
  rotate(name?: string): Promise<RotateResult> {
    return this.#act((bakthat, signal) => bakthat.rotate(this.#nameOr(name), { signal, ...this.#destination() }))
  }

  /** Restores the newest backup of that name, by default the helper's, into `options.to`, by default the working directory. */
  restore(name?: string, options: RestoreOptions = {}): Promise<RestoreResult> {
    const { password } = this.#options
    return this.#act((bakthat, signal) =>
      bakthat.restore(this.#nameOr(name), {
        signal,
        ...(password !== undefined && { password }),
        ...this.#destination(),
        ...options,
      }),
    )
  }

  /** Deletes backups older than, say, `30D`, but never the newest. Default name: the helper's. */
  deleteOlderThan(interval: string, name?: string): Promise<DeleteOlderThanResult> {
    return this.#act((bakthat, signal) =>
      bakthat.deleteOlderThan(this.#nameOr(name), interval, { signal, ...this.#destination() }),
    )
  }

  /**
   * Runs a program in the private directory, without a shell, and waits for its end; `COMMAND_FAILED` unless its status is 0.
   * Gives what it wrote, or nothing where that went into a file, which is gone again after a failure.
   */
  run(command: string, args: readonly string[] = [], { stdout, env }: RunOptions = {}): Promise<string> {
    const output = outputOf([command, ...args], { cwd: this.directory, ...(env && { env }) })
    return this.#tracked((signal) =>
      stoppedBy(signal, output, async (stoppable) =>
        stdout === undefined ? (await buffer(stoppable)).toString() : this.#write(stoppable, stdout),
      ),
    )
  }

  /** Gives the working directory back and removes the private one. Calling it twice is a success. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay)
    try {
      this.#directory?.remove()
    } finally {
      const bakthat = this.#bakthat
      this.#bakthat = undefined
      await (await bakthat?.catch(() => undefined))?.close()
    }
    this.#forgetSignals?.()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #act<T>(act: (bakthat: Bakthat, signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#bakthat ??= open(this.#options)
    const opening = this.#bakthat
    return this.#tracked(async (signal) => act(await opening, signal))
  }

  #tracked<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const acting = act(this.#stop.signal)
    this.#underWay.add(acting)
    const forget = (): unknown => this.#underWay.delete(acting)
    acting.then(forget, forget)
    // A script that heard of a signal before all is closed might end before that.
    return acting.finally(() => this.#stopped)
  }

  async #write(output: AsyncIterable<Uint8Array>, stdout: string): Promise<string> {
    const file = this.path(stdout)
    if (!file.startsWith(this.directory + sep))
      throw new BakthatError('INVALID_INPUT', `${stdout} is no file of the private directory`, {
        hint: 'give a path in it, or write what run gives to where it is to go',
      })
    await mkdir(dirname(file), { recursive: true })
    try {
      await pipeline(output, createWriteStream(file, { mode: 0o600 }))
      return ''
    } catch (error) {
      await rm(file, { force: true })
      throw error
    }
  }

  #destination(): { readonly destination?: string } {
    const { destination } = this.#options
    return destination === undefined ? {} : { destination }
  }

  #nameOr(name: string | undefined): string {
    const meant = name ?? this.name
    if (meant !== undefined) return meant
    throw new BakthatError('INVALID_INPUT', 'no name of a backup was given', { hint: 'name one' })
  }
}

/** Opens a {@link BakHelper} for the time of `use`, whatever that comes to. */
export async function withBakHelper<T>(
  name: string,
  options: OpenBakHelperOptions,
  use: (bh: BakHelper) => Promise<T> | T,
): Promise<T> {
  await using bh = await BakHelper.open(name, options)
  return await use(bh)
}

/** Lets `use` read a stream whose command is stopped when the signal is aborted. */
async function stoppedBy<T>(
  signal: AbortSignal,
  output: AsyncIterable<Uint8Array>,
  use: (stoppable: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const iterator = output[Symbol.asyncIterator]()
  const stop = (): void => void iterator.return?.()
  signal.addEventListener('abort', stop)
  try {
    return await use({ [Symbol.asyncIterator]: () => iterator })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
