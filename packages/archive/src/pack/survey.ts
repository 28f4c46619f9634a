import { accessSync, constants } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { BakthatError } from '@bakthat/errors'
import { toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import { WarningList } from '../warnings/warning-list.js'
import { closeRead } from './close-read.js'
import type { LeftOut, Survey, SurveyOptions } from './contract.js'
import { Fingerprint } from './fingerprint.js'
import { HardLinks } from './hard-links.js'
import { checkRoot, normalizeRoot, topLevelName } from './pack-root.js'
import type { RawWarning } from './plan.js'
import { readFailure } from './read-failure.js'
import { TreeWalk, type WalkedEntry } from './tree-walk.js'
import { walkChoice } from './walk-choice.js'

/** A walk does nothing else meanwhile, so it stops now and then: some 20 ms. */
const entriesAtOnce = 2000

/** More are counted, not kept. */
const mostLeftOut = 10_000

/**
 * Finds out what {@link pack} would pack, and what it would leave out, by the same walk. Reads names and attributes, and no
 * contents: a file that may be read counts. Writes nothing. Rejects as `pack` does.
 */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const root = normalizeRoot(options.path)
  const { now = () => new Date() } = options
  const found = new Findings(topLevelName(root, options.name), new Fingerprint(now()))
  throwIfAborted(options.signal)
  checkRoot(root)
  const walk = new TreeWalk({
    root,
    ...(await walkChoice(options)),
    warn: (warning) => found.warn(warning),
    onLeftOut: (leftOut) => found.leaveOut(leftOut),
    release: closeRead,
  })
  try {
    for (const entry of walk.entries()) {
      found.add(entry)
      if (found.entries % entriesAtOnce !== 0) continue
      await setImmediate()
      throwIfAborted(options.signal)
      options.onProgress?.({ files: found.files, bytesFound: found.bytes, current: found.pathOf(entry.path) })
    }
  } finally {
    walk.close()
  }
  return found.survey()
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new BakthatError('INTERRUPTED', 'the survey was stopped')
}

class Findings {
  entries = 0
  files = 0
  bytes = 0
  readonly #name: string
  readonly #hardLinks = new HardLinks()
  readonly #warnings = new WarningList()
  readonly #leftOut: LeftOut[] = []
  readonly #fingerprint: Fingerprint
  #moreLeftOut = 0

  constructor(name: string, fingerprint: Fingerprint) {
    this.#name = name
    this.#fingerprint = fingerprint
  }

  add(entry: WalkedEntry): void {
    const { path, stats } = entry
    const isFile = stats.isFile()
    if (isFile && !this.#isReadable(entry)) return
    this.entries++
    this.#fingerprint.add(entry)
    if (!isFile) return
    this.files++
    if (this.#hardLinks.meet(path, stats) === undefined) this.bytes += Number(stats.size)
  }

  #isReadable({ path, accessPath }: WalkedEntry): boolean {
    try {
      accessSync(toFileSystemPath(accessPath), constants.R_OK)
      return true
    } catch (error) {
      this.warn(readFailure(error, path))
      return false
    }
  }

  warn({ code, path, message }: RawWarning): void {
    this.#warnings.add(code, this.#name + path, message, code !== 'skipped')
  }

  leaveOut(leftOut: LeftOut): void {
    if (this.#leftOut.length < mostLeftOut) this.#leftOut.push({ ...leftOut, path: this.pathOf(leftOut.path) })
    else this.#moreLeftOut++
  }

  pathOf(path: string): string {
    return escapePath(this.#name + path)
  }

  survey(): Survey {
    const { entries, files, bytes } = this
    const fingerprint = this.#fingerprint.digest()
    return {
      entries,
      files,
      bytes,
      ...(fingerprint !== undefined && { fingerprint }),
      leftOut: this.#leftOut,
      moreLeftOut: this.#moreLeftOut,
      warnings: this.#warnings.all(),
    }
  }
}
