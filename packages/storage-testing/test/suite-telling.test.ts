import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import type { BlobRecord } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'

import { failuresOf, fixture, inOrder, listed, type Fault } from './broken.js'

const early = 'answers with the SHA-256 that its caller has found, or with its own, which is the same'
const resumed = 'sends everything where what is to be resumed is gone'
const recorded = 'takes a record, whatever it can keep of it, and keeps nothing else'
const metadata = 'lists metadata as any other blob, and keeps it readable at once, where blobs have names'

const faults: Readonly<Record<string, readonly [title: string, fault: Fault, options?: { names: boolean }]>> = {
  'asks for the hash before it has read the bytes': [
    early,
    (inner) => ({
      put: async (name, bytes, options) => {
        const sha256 = options?.sha256?.()
        const blob = await inner.put(name, bytes, options)
        return { ...blob, sha256: sha256 ?? blob.sha256 }
      },
    }),
  ],
  'fails where what it is to resume is gone': [
    resumed,
    (inner) => ({
      put: (name, bytes, options) => {
        if (options?.resume === undefined) return inner.put(name, bytes, options)
        return Promise.reject(new BakthatError('NOT_FOUND', 'no such upload'))
      },
    }),
  ],
  'refuses a record although it has names': [recorded, refusingRecords(() => true)],
  'refuses a record for which it has no room': [
    recorded,
    refusingRecords((record) => JSON.stringify(record).length > 1024),
    { names: false },
  ],
  'keeps a record beside a name': [recorded, remembering((record) => record)],
  'cuts the tags to what there is room for': [
    recorded,
    remembering(({ tags, ...record }) => ({ ...record, tags: tags.slice(0, 50) })),
    { names: false },
  ],
  'lists no metadata': [
    metadata,
    (inner) => {
      const hidden = new Set<string>()
      return {
        put: (name, bytes, options) => {
          if (options?.purpose === 'metadata') hidden.add(name)
          return inner.put(name, bytes, options)
        },
        list: async (options) => {
          const blobs = await listed(inner, options)
          return { state: 'ready', value: inOrder(blobs.filter(({ name }) => !hidden.has(name))) }
        },
      }
    },
  ],
}

function refusingRecords(isRefused: (record: BlobRecord) => boolean): Fault {
  return (inner) => ({
    put: (name, bytes, options) => {
      if (options?.record === undefined || !isRefused(options.record)) return inner.put(name, bytes, options)
      return Promise.reject(new BakthatError('INVALID_INPUT', 'there is no room for a record'))
    },
  })
}

function remembering(kept: (record: BlobRecord) => BlobRecord): Fault {
  return (inner) => {
    let remembered: BlobRecord | undefined
    return {
      put: (name, bytes, options) => {
        remembered = options?.record
        return inner.put(name, bytes, options)
      },
      list: async (options) => {
        const blobs = await listed(inner, options)
        const told = remembered && { record: kept(remembered) }
        return { state: 'ready', value: inOrder(blobs.map((blob) => ({ ...blob, ...told }))) }
      },
    }
  }
}

describe('the suite, of what a put is told,', () => {
  it.each(Object.entries(faults).map(([what, [title, fault, options]]) => ({ what, title, fault, options })))(
    'catches a backend that $what',
    async ({ title, fault, options }) => {
      expect(await failuresOf(() => fixture(fault, memoryBackend(options)), title)).toEqual([title])
    },
  )
})
