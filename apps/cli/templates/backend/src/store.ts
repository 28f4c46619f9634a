import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

import {
  BakthatError,
  compareNames,
  interruptible,
  locatorOfName,
  nameOfLocator,
  throwIfAborted,
  type BlobInfo,
  type StorageBackend,
} from '@bakthat/plugin-sdk'

import { isThere, told } from './errors.js'
import { filesIn, headOf, nameIn, read, sync, write } from './files.js'

/**
 * Keeps blobs in a directory, each in a file that is called by the SHA-256 of the blob's name and begins with a line that has the
 * name. So every name has a file, whatever characters it has and however long it is.
 */
export function openStore(directory: string): StorageBackend {
  const pathOf = (name: string) => join(directory, createHash('sha256').update(name).digest('hex'))

  const find = async (locator: string): Promise<BlobInfo> => {
    const name = nameOfLocator(locator) // Throws INVALID_INPUT for what is no locator.
    const { size, mtime } = await told(locator, () => stat(pathOf(name)))
    return { name, locator, size: size - headOf(name).length, storedAt: mtime }
  }

  return {
    scheme: 'sample',
    container: directory,
    capabilities: { retrieval: 'immediate', listing: 'immediate', ranges: true, names: true, minimumStorageDays: 0 },

    locate: locatorOfName,

    async put(name, bytes, { signal, onNotice } = {}) {
      throwIfAborted(signal)
      const locator = locatorOfName(name) // Throws INVALID_INPUT for a bad name.
      const path = pathOf(name)
      if (await isThere(find(locator))) throw new BakthatError('ALREADY_EXISTS', `there is a blob at ${locator}`)
      const made = await told(directory, () => mkdir(directory, { recursive: true, mode: 0o700 }))
      if (made !== undefined) onNotice?.(`made the directory ${made}`)
      const partial = `${path}.${randomUUID()}.partial`
      try {
        const written = await write(partial, headOf(name), interruptible(bytes, signal))
        throwIfAborted(signal)
        await told(locator, () => link(partial, path)) // Whole or not at all, and never in place of another.
        await told(directory, () => sync(directory))
        return { name, locator, ...written, storedAt: new Date() }
      } finally {
        await rm(partial, { force: true })
      }
    },

    async stat(locator, { signal } = {}) {
      throwIfAborted(signal)
      return { state: 'ready', value: await find(locator) }
    },

    async retrieve(locator, { range, signal } = {}) {
      throwIfAborted(signal)
      const { name, size } = await find(locator)
      const { start, end = size } = range ?? { start: 0 }
      if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || start > end || end > size)
        throw new BakthatError('INVALID_INPUT', `${locator} has no bytes from ${start} to ${end}`)
      const offset = headOf(name).length
      return { state: 'ready', value: read(pathOf(name), offset + start, offset + end, signal) }
    },

    async remove(locator, { signal } = {}) {
      throwIfAborted(signal)
      const path = pathOf(nameOfLocator(locator))
      // What a `put` that was killed left behind goes too.
      const paths = (await filesIn(directory)).map((file) => join(directory, file))
      for (const file of paths.filter((each) => each.startsWith(path)))
        await told(file, () => rm(file, { force: true }))
    },

    async list({ prefix = '', signal } = {}) {
      throwIfAborted(signal)
      const files = (await filesIn(directory)).filter((file) => /^[0-9a-f]{64}$/.test(file))
      const names: string[] = []
      for (const file of files) names.push(...(await nameIn(join(directory, file))))
      const wanted = names.filter((name) => name.startsWith(prefix)).sort(compareNames)
      return { state: 'ready', value: each(wanted, signal) }
    },

    close: async () => {},
  }

  async function* each(names: readonly string[], signal: AbortSignal | undefined): AsyncGenerator<BlobInfo> {
    for (const name of names) {
      throwIfAborted(signal)
      const found = find(locatorOfName(name))
      if (await isThere(found)) yield await found
    }
  }
}
