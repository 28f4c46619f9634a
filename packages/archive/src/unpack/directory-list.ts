import { closeSync, openSync } from 'node:fs'
import { systemCodeOf } from '@bakthat/errors'
import { directoryFlags } from '../paths/open-directory.js'
import type { AccessPaths } from './access-paths.js'
import type { Attributes, EntryAttributes } from './attributes.js'
import { syncOpenNow } from './disk-sync.js'

/** No longer there, or no longer a directory: a later entry of the archive took its place. */
const replaced = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])

/**
 * Remembers what directories are given at the end, when nothing is written below them any more: some 200 bytes each. Of two
 * entries of one directory, the later one has the last word, and the only one: the earlier one's mode may close it to its owner.
 */
export class DirectoryList {
  readonly #entries = new Map<string, EntryAttributes>()

  add(attributes: EntryAttributes): void {
    this.#entries.set(attributes.path, attributes.own.length === 0 ? attributes : { ...attributes, own: [] })
  }

  /** Finishes those below the top-level ones, deepest first. */
  finishInner(paths: AccessPaths, attributes: Attributes): void {
    const inner = [...this.#entries.values()].filter(({ path }) => depthOf(path) > 1)
    finishAll(inner, paths, (descriptor, entry) => {
      attributes.toDescriptor(descriptor, entry)
      attributes.giveAccess(paths, entry)
    })
  }

  /** Finishes the top-level ones, durably; after they were put into place, for one without write permission cannot be moved. */
  finishTopLevel(paths: AccessPaths, attributes: Attributes, withTarget: boolean): void {
    const outer = [...this.#entries.values()].filter(({ path }) => depthOf(path) === 1 || (path === '' && withTarget))
    finishAll(outer, paths, (descriptor, entry) => {
      attributes.toDescriptor(descriptor, entry)
      attributes.giveAccess(paths, entry)
      syncOpenNow(descriptor)
    })
  }
}

type Finish = (descriptor: number, entry: EntryAttributes) => void

function finishAll(entries: readonly EntryAttributes[], paths: AccessPaths, finish: Finish): void {
  const deepestFirst = entries.map((entry) => ({ entry, depth: depthOf(entry.path) })).sort((a, b) => b.depth - a.depth)
  for (const { entry } of deepestFirst) finishDirectory(entry, paths, finish)
}

function finishDirectory(entry: EntryAttributes, paths: AccessPaths, finish: Finish): void {
  let descriptor: number
  try {
    descriptor = openSync(paths.of(entry.path), directoryFlags)
  } catch (error) {
    if (replaced.has(String(systemCodeOf(error)))) return
    throw error
  }
  try {
    finish(descriptor, entry)
  } finally {
    closeSync(descriptor)
  }
}

function depthOf(path: string): number {
  if (path === '') return 0
  let depth = 1
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) depth++
  return depth
}
