import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSettings, type LoadSettingsOptions, type Settings } from '@bakthat/config'
import { isBakthatError, type BakthatError } from '@bakthat/errors'

/** A home directory with nothing in it, gone at the end of the block. */
export class Place implements Disposable {
  readonly home: string

  constructor() {
    this.home = realpathSync(mkdtempSync(join(tmpdir(), 'bakthat-config-')))
  }

  in(...names: readonly string[]): string {
    return join(this.home, ...names)
  }

  /** Writes a file, for its owner alone unless said otherwise, and gives its path. */
  write(content: string | Uint8Array, name = '.bakthat.yml', mode = 0o600): string {
    writeFileSync(this.in(name), content, { mode })
    return this.in(name)
  }

  load(options: LoadSettingsOptions = {}): Promise<Settings> {
    return loadSettings({ ...options, env: { HOME: this.home, ...options.env } })
  }

  [Symbol.dispose](): void {
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** The settings of a file with this text. */
export async function load(text: string, options: LoadSettingsOptions = {}): Promise<Settings> {
  using place = new Place()
  place.write(text)
  return await place.load(options)
}

/** The error that a call rejects with. */
export async function failure(call: Promise<unknown>): Promise<BakthatError> {
  const error: unknown = await call.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (isBakthatError(error)) return error
  throw error
}

/** What a file with this text is told, a line for each mistake, the file's path shortened to `config`. */
export async function mistakesIn(text: string | Uint8Array): Promise<readonly string[]> {
  using place = new Place()
  const path = place.write(text)
  const { code, message } = await failure(place.load())
  if (code !== 'INVALID_CONFIG') throw new Error(`${code}: ${message}`)
  const told = message.replaceAll(path, 'config').split('\n  ')
  return told.length === 1 ? told : told.slice(1)
}
