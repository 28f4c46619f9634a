// A destination of one's own. Every blob is a box: a directory with the blob's name and its content in it. Boxes are named by
// hashes, so that any name of a blob fits, and they come and go by one rename, so that nobody ever sees half a box.
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  BakthatError,
  compareNames,
  defineBackend,
  interruptible,
  locatorOfName,
  nameOfLocator,
  Plugin,
  throwIfAborted,
  type BlobInfo,
  type StorageBackend,
} from '@bakthat/plugin-sdk'
import { flush, look, read, Source, translated, unlessMissing } from './boxes.js'

export class Shelf extends Plugin {
  activate(): void {
    this.backends.add(
      defineBackend({
        scheme: 'shelf',
        parse({ shelf_directory: directory }) {
          if (typeof directory !== 'string') throw new Error('shelf_directory is to name a directory')
          return resolve(directory)
        },
        open: openShelf,
      }),
    )
  }
}

export function openShelf(directory: string): StorageBackend {
  const boxOf = (name: string): string => join(directory, createHash('sha256').update(name).digest('hex'))
  async function* inOrder(names: string[], signal?: AbortSignal): AsyncIterable<BlobInfo> {
    for (const name of names.sort(compareNames)) {
      throwIfAborted(signal)
      const info = await unlessMissing(look(boxOf(name), name), name)
      if (info !== undefined) yield info
    }
  }
  return {
    scheme: 'shelf',
    container: directory,
    capabilities: { retrieval: 'immediate', listing: 'immediate', ranges: true, names: true, minimumStorageDays: 0 },

    locate: locatorOfName,

    async put(name, bytes, { signal, onNotice } = {}) {
      const locator = locatorOfName(name)
      throwIfAborted(signal)
      const box = boxOf(name)
      const open = `${box}.${randomUUID()}`
      const source = new Source(interruptible(bytes, signal))
      try {
        if ((await mkdir(directory, { recursive: true })) !== undefined) onNotice?.(`made the directory ${directory}`)
        if (await stat(box).catch(() => undefined)) throw new BakthatError('ALREADY_EXISTS', `there is a ${name}`)
        await mkdir(open, { mode: 0o700 })
        await writeFile(join(open, 'name'), name, { flush: true })
        await writeFile(join(open, 'content'), source, { flush: true })
        await flush(open)
        throwIfAborted(signal)
        await rename(open, box) // Fails where there is one: a directory with something in it is never replaced.
        await flush(directory)
      } catch (error) {
        await rm(open, { recursive: true, force: true })
        throw source.failed ? error : translated(error, name)
      }
      return { ...(await look(box, name)), locator, sha256: source.hash.digest('hex') }
    },

    async stat(locator, { signal } = {}) {
      throwIfAborted(signal)
      const name = nameOfLocator(locator)
      return { state: 'ready', value: await look(boxOf(name), name) }
    },

    async retrieve(locator, { range, signal } = {}) {
      throwIfAborted(signal)
      const name = nameOfLocator(locator)
      const { size } = await look(boxOf(name), name)
      const { start, end = size } = range ?? { start: 0 }
      if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || start > end || end > size)
        throw new BakthatError('INVALID_INPUT', `${name} has no bytes from ${start} to ${end}`)
      return { state: 'ready', value: read(join(boxOf(name), 'content'), name, start, end, signal) }
    },

    async remove(locator, { signal } = {}) {
      throwIfAborted(signal)
      const name = nameOfLocator(locator)
      const box = boxOf(name)
      await unlessMissing(rename(box, `${box}.${randomUUID()}`), name)
      // With it goes what puts of this name left that were killed.
      for (const entry of (await unlessMissing(readdir(directory), name)) ?? [])
        if (join(directory, entry).startsWith(`${box}.`))
          await rm(join(directory, entry), { recursive: true, force: true })
    },

    async list({ prefix = '', signal } = {}) {
      throwIfAborted(signal)
      const names: string[] = []
      for (const entry of (await unlessMissing(readdir(directory), directory)) ?? []) {
        if (!/^[\da-f]{64}$/.test(entry)) continue
        const name = await unlessMissing(readFile(join(directory, entry, 'name'), 'utf8'), entry)
        if (name?.startsWith(prefix) === true) names.push(name)
      }
      return { state: 'ready', value: inOrder(names, signal) }
    },

    async close() {},
  }
}
