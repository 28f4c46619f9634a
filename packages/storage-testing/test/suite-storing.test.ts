import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import {
  interruptible,
  single,
  throwIfAborted,
  type Bytes,
  type PutOptions,
  type StorageBackend,
} from '@bakthat/storage'

import { failuresOf, fixture, listed, inOrder, whole, type Fault } from './broken.js'

const visible = 'shows nothing of a blob before all of it is stored'

const faults: Readonly<Record<string, readonly [title: string, fault: Fault]>> = {
  'lets a blob grow under its name': [visible, (inner) => ({ put: onePutOfAName(inner, growing(inner)) })],
  'lets a blob grow under its name and only lists it later': [
    visible,
    (inner) => {
      const put = growing(inner)
      const done = new Set<string>()
      return {
        put: onePutOfAName(inner, async (name, ...rest) => {
          const blob = await put(name, ...rest)
          done.add(name)
          return blob
        }),
        list: async (options) => {
          const blobs = await listed(inner, options)
          return { state: 'ready', value: inOrder(blobs.filter(({ name }) => done.has(name))) }
        },
      }
    },
  ],
  'knows only the puts of its own process': [
    'lets exactly one of two puts at the same time have the name, whole',
    (inner) => ({
      put: onePutOfAName(inner, async (name, bytes, options) => {
        const content = await whole(interruptible(bytes, options?.signal))
        return replaced(inner, name, content)
      }),
    }),
  ],
  'lets a source go on whose name is taken': [
    'keeps a blob as it was when its name is put again, or stores another where there are no names',
    (inner) => ({
      put: async (name, bytes, options) => {
        if (!(await isThere(inner, name))) return inner.put(name, bytes, options)
        await bytes[Symbol.asyncIterator]().next()
        throw new BakthatError('ALREADY_EXISTS', `there is a blob named ${name}`)
      },
    }),
  ],
  'takes what a source throws at its end for its end': [
    `leaves nothing behind when its source throws after ${30 * 256 * 1024} bytes, and rejects with that very error`,
    (inner) => ({
      put: async (name, bytes, options) => {
        const chunks: Uint8Array[] = []
        try {
          for await (const chunk of bytes) chunks.push(chunk)
        } catch (error) {
          if (chunks.length < 30) throw error
        }
        return inner.put(name, single(Buffer.concat(chunks)), options)
      },
    }),
  ],
  'knows an interruption by the name of its reason': [
    'stops a put whose signal is aborted, stops its source, and leaves nothing behind',
    (inner) => ({
      put: (name, bytes, options) =>
        inner.put(name, bytes, options).catch((error: unknown) => {
          const reason: unknown = options?.signal?.reason
          throw typeof reason === 'string' ? reason : error
        }),
    }),
  ],
}

/** A put of which a second one of the same name, in the same process, finds the name taken. */
function onePutOfAName(inner: StorageBackend, put: StorageBackend['put']): StorageBackend['put'] {
  const busy = new Set<string>()
  return async (name, bytes, options) => {
    const isBusy = busy.has(name)
    busy.add(name)
    if (isBusy || (await isThere(inner, name))) {
      await bytes[Symbol.asyncIterator]().return?.()
      throw new BakthatError('ALREADY_EXISTS', `there is a blob named ${name}`)
    }
    return put(name, bytes, options).finally(() => busy.delete(name))
  }
}

function growing(inner: StorageBackend) {
  return async (name: string, bytes: Bytes, { signal }: PutOptions = {}): ReturnType<StorageBackend['put']> => {
    throwIfAborted(signal)
    const chunks: Uint8Array[] = []
    for await (const chunk of interruptible(bytes, signal)) {
      chunks.push(chunk)
      await replaced(inner, name, Buffer.concat(chunks))
    }
    return replaced(inner, name, Buffer.concat(chunks))
  }
}

async function replaced(inner: StorageBackend, name: string, content: Uint8Array): ReturnType<StorageBackend['put']> {
  await inner.remove(inner.locate(name)!)
  return inner.put(name, single(content)).catch(() => replaced(inner, name, content))
}

function isThere(inner: StorageBackend, name: string): Promise<boolean> {
  return inner.stat(inner.locate(name)!).then(
    () => true,
    () => false,
  )
}

describe('the suite, of storing,', () => {
  it.each(Object.entries(faults).map(([what, [title, fault]]) => ({ what, title, fault })))(
    'catches a backend that $what',
    async ({ title, fault }) => {
      expect(await failuresOf(() => fixture(fault), title)).toEqual([title])
    },
  )
})
