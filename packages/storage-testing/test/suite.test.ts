import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import { single, type Bytes, type StorageBackend } from '@bakthat/storage'
import { coldBackend, memoryBackend, type ColdBackend, type Fixture } from '@bakthat/storage-testing'

import { broken, chunked, failuresOf, fixture, inOrder, listed, ready, whole, type Fault } from './broken.js'

const faults: Readonly<Record<string, readonly [Fault, string]>> = {
  'overwrites a blob': [
    (inner) => ({
      put: async (name, ...rest) => {
        await inner.remove(inner.locate(name)!)
        return inner.put(name, ...rest)
      },
    }),
    'keeps a blob as it was when its name is put again, or stores another where there are no names',
  ],
  'lets both of two puts win': [
    (inner) => ({
      put: async (name, bytes, options) => {
        const locator = inner.locate(name)!
        if (await inner.stat(locator).then(Boolean, () => false)) throw new BakthatError('ALREADY_EXISTS', 'taken')
        const content = await whole(bytes)
        return inner.put(name, single(content), options).catch(async () => {
          await inner.remove(locator)
          return inner.put(name, single(content), options)
        })
      },
    }),
    'lets exactly one of two puts at the same time have the name, whole',
  ],
  'lies about the hash': [
    (inner) => ({ put: async (...call) => ({ ...(await inner.put(...call)), sha256: '0'.repeat(64) }) }),
    'gives back a blob of 65536 bytes, with its size and SHA-256',
  ],
  'takes the function for the hash': [
    (inner) => ({
      put: async (name, bytes, options) => {
        const stored = await inner.put(name, bytes, options)
        return options?.sha256 === undefined ? stored : { ...stored, sha256: String(options.sha256) }
      },
    }),
    'answers with the SHA-256 that its caller has found, or with its own, which is the same',
  ],
  'lies about the size': [
    (inner) => ({ put: async (...call) => ({ ...(await inner.put(...call)), size: 1 }) }),
    'gives back a blob of 0 bytes, with its size and SHA-256',
  ],
  'loses the last byte': [
    (inner) => ({
      retrieve: async (...call) => {
        const content = await whole(await ready<Bytes>(inner.retrieve(...call)))
        return { state: 'ready', value: single(content.subarray(0, -1)) }
      },
    }),
    'gives back a blob of 1 bytes, with its size and SHA-256',
  ],
  'drops what is larger than a part': [
    (inner) => ({
      put: (name, bytes, options) =>
        inner.put(
          name,
          chunked(bytes, (chunk) => chunk.subarray(0, 8_388_608)),
          options,
        ),
    }),
    'stores one very large chunk',
  ],
  'believes the estimated size': [
    (inner) => ({
      put: async (name, bytes, options = {}) => {
        const content = await whole(bytes)
        return inner.put(name, single(content.subarray(0, options.estimatedSize)), options)
      },
    }),
    'takes a wrong estimate of the size for what it is',
  ],
  'asks its source for many chunks at once': [
    (inner) => ({
      put: async (name, bytes, options) => {
        const source = bytes[Symbol.asyncIterator]()
        const steps = await Promise.all(Array.from({ length: 41 }, () => source.next()))
        const chunks = steps.filter((step) => step.done !== true).map(({ value }) => value)
        return inner.put(name, single(Buffer.concat(chunks)), options)
      },
    }),
    'asks its source for one chunk at a time, and for none after the end',
  ],
  'keeps what a broken source gave': [
    (inner) => ({
      put: async (name, bytes, options) => {
        const chunks: Uint8Array[] = []
        try {
          for await (const chunk of bytes) chunks.push(chunk)
        } finally {
          await inner.put(name, single(Buffer.concat(chunks)), options).catch(() => undefined)
        }
        return inner.put(name, single(Buffer.concat(chunks)), options)
      },
    }),
    `leaves nothing behind when its source throws after ${256 * 1024} bytes, and rejects with that very error`,
  ],
  'wraps the error of its source': [
    (inner) => ({
      put: (...call) =>
        inner.put(...call).catch((cause: unknown) => {
          throw new BakthatError('UNAVAILABLE', 'could not put', { cause })
        }),
    }),
    'leaves nothing behind when its source throws at once',
  ],
  'ignores the signal': [
    (inner) => ({ put: (name, bytes) => inner.put(name, bytes) }),
    'stops a put whose signal is aborted while its source gives nothing',
  ],
  'looks at the signal only before it begins': [
    (inner) => ({
      put: (name, bytes, options) => {
        if (options?.signal?.aborted === true) return inner.put(name, bytes, options)
        return inner.put(name, bytes)
      },
    }),
    'stops a put whose signal is aborted, stops its source, and leaves nothing behind',
  ],
  'removes although it was told to stop': [
    (inner) => ({ remove: (locator) => inner.remove(locator) }),
    'does nothing when the signal was aborted before the call',
  ],
  'reads on although it was told to stop': [
    (inner) => ({
      retrieve: (locator, options = {}) => inner.retrieve(locator, { range: options.range ?? { start: 0 } }),
    }),
    'stops a stream whose signal is aborted',
  ],
  'writes outside': [
    (inner) => ({
      put: (name, ...rest) => inner.put(name.replaceAll('..', 'up'), ...rest),
      locate: (name) => inner.locate(name.replaceAll('..', 'up')),
    }),
    'refuses a name: a way out',
  ],
  'trims names': [
    (inner) => ({
      put: (name, ...rest) => inner.put(name.trim(), ...rest),
      locate: (name) => inner.locate(name.trim()),
    }),
    'keeps a name as it is: spaces',
  ],
  'decodes names': [
    (inner) => ({ put: (name, ...rest) => inner.put(name.replaceAll('%2e', '.'), ...rest) }),
    'keeps a name as it is: percent escapes',
  ],
  'gives ranges with their end': [
    (inner) => ({
      retrieve: (locator, { range, ...rest } = {}) =>
        inner.retrieve(
          locator,
          range?.end ? { ...rest, range: { ...range, end: range.end + 1 } } : { ...rest, ...(range && { range }) },
        ),
    }),
    'gives any range of a blob, or says that ranges are not supported',
  ],
  'gives what there is of a range': [
    (inner) => ({
      retrieve: (locator, { range, ...rest } = {}) =>
        inner
          .retrieve(locator, range ? { ...rest, range } : rest)
          .catch(() => ({ state: 'ready', value: single(new Uint8Array()) })),
    }),
    'refuses a range outside of the blob',
  ],
  'answers nothing for what is not there': [
    (inner) => ({
      retrieve: (...call) => inner.retrieve(...call).catch(() => ({ state: 'ready', value: single(new Uint8Array()) })),
    }),
    'says that a blob is not there',
  ],
  'hands out its own memory': [
    (inner) => {
      const shared = new Map<string, Uint8Array>()
      return {
        retrieve: async (locator, options) => {
          const content = await whole(await ready<Bytes>(inner.retrieve(locator, options)))
          if (!shared.has(locator)) shared.set(locator, content)
          return { state: 'ready', value: single(shared.get(locator)!) }
        },
      }
    },
    'hands chunks over for good: they do not change later, and writing into one changes no blob',
  ],
  'reads into one buffer again and again': [
    (inner) => ({
      retrieve: async (...call) => {
        const buffer = Buffer.alloc(65_536)
        const bytes = await ready<Bytes>(inner.retrieve(...call))
        return {
          state: 'ready',
          value: chunked(bytes, (chunk) => {
            buffer.set(chunk)
            return buffer.subarray(0, chunk.length)
          }),
        }
      },
    }),
    'hands chunks over for good: they do not change later, and writing into one changes no blob',
  ],
  'rejects a second removal': [
    (inner) => ({ remove: (locator) => inner.stat(locator).then(() => inner.remove(locator)) }),
    'removes a blob that is not there, or not there any more, with success',
  ],
  'removes by prefix': [
    (inner) => ({
      remove: async (locator) => {
        for await (const blob of await ready(inner.list({ prefix: locator.slice(0, 5) })))
          await inner.remove(blob.locator)
      },
    }),
    'removes that blob and no other',
  ],
  'sorts as JavaScript does': [
    (inner) => ({
      list: async (options) => {
        const blobs = await listed(inner, options)
        return { state: 'ready', value: inOrder(blobs.sort((one, other) => (one.name < other.name ? -1 : 1))) }
      },
    }),
    'lists everything with name, size and locator, in the order of the bytes of names',
  ],
  'takes a prefix for a directory': [
    (inner) => ({ list: ({ prefix = '' } = {}) => inner.list({ prefix: prefix && `${prefix.replace(/\/$/, '')}/` }) }),
    'lists what begins with a prefix, taken letter by letter',
  ],
  'declares what it does not do': [
    (inner) => ({ capabilities: { ...inner.capabilities, retrieval: 'deferred' } }),
    'answers as its capabilities say: at once, or first with a ticket that any process can ask again with',
  ],
  'refuses a tier': [
    (inner) => ({
      retrieve: (locator, options) =>
        options?.tier === 'bulk'
          ? Promise.reject(new BakthatError('UNSUPPORTED', 'no such tier'))
          : inner.retrieve(locator, options),
    }),
    'takes every tier, and a number of days',
  ],
  'asks for money without saying until when': [
    (inner) => ({ capabilities: { ...inner.capabilities, minimumStorageDays: 30 } }),
    'says until when a blob is paid for, where there is a minimum of days',
  ],
  'fetches by hand whatever it is given': [
    () => ({ fetchByHand: (locator: string) => `cat ${locator}` }),
    'tells in a line for a shell how a blob is fetched without it, where it can',
  ],
  'gives links to what is not there': [
    () => ({ link: () => Promise.resolve({ url: 'https://example.org/', expiresAt: new Date() }) }),
    'gives links, where it has them, to what is there and can be read now, and says when they end',
  ],
  'takes whole blobs for leftovers': [
    () => ({ leftovers: () => inOrder([{ id: 'whole', name: 'whole', kind: 'blob' }]) }),
    'counts no whole blob among what was left behind, where it tells of such things',
  ],
  'leaves behind what it tried out': [
    (inner) => ({
      async *diagnose({ scratch }: { scratch: string }) {
        await inner.put(`${scratch}probe`, single(Buffer.from('x')))
        yield { subject: 'storing', verdict: 'good', found: 'allowed', consequence: 'backups can be made' }
      },
    }),
    'tells what its store is good for, where it can find out, and leaves nothing behind',
  ],
  'breaks when it is closed twice': [
    (inner) => {
      let closed = false
      return {
        close: () => {
          if (closed) return Promise.reject(new Error('closed already'))
          closed = true
          return inner.close()
        },
      }
    },
    'can be closed twice',
  ],
  'makes locators that nobody can keep': [
    (inner) => ({ put: async (...call) => ({ ...(await inner.put(...call)), locator: 'a\nb' }) }),
    'keeps a name as it is: one letter',
  ],
  'takes anything for a locator': [
    (inner) => ({ remove: (locator) => inner.remove(locator).catch(() => undefined) }),
    'refuses what is no locator',
  ],
  'tells what it made too late': [
    (inner) => ({
      put: async (name, bytes, options) => {
        const blob = await inner.put(name, bytes, options)
        options?.onNotice?.('made the container')
        return blob
      },
    }),
    'says at most once that it made the container, and before it reads the source',
  ],
}

/** A cold backend, and a fault of it. */
function asleep(cold: ColdBackend, fault: Partial<StorageBackend> = {}): Fixture {
  return {
    backend: broken(cold, () => fault),
    reopen: () => Promise.resolve(broken(cold.reopen(), () => fault)),
    thaw: () =>
      Promise.resolve().then(() => {
        cold.thaw()
      }),
    leftovers: () => Promise.resolve([]),
    dispose: () => Promise.resolve(),
  }
}

describe('the suite', () => {
  it('finds nothing wrong with a backend that keeps the contract', async () => {
    expect(await failuresOf(() => fixture(() => ({})))).toEqual([])
  })

  it.each(Object.entries(faults).map(([what, [fault, title]]) => ({ what, fault, title })))(
    'catches a backend that $what',
    async ({ fault, title }) => {
      expect(await failuresOf(() => fixture(fault), title)).toContain(title)
    },
  )

  it('catches a backend that leaves partial files behind', async () => {
    const title = 'stops a put whose signal is aborted, stops its source, and leaves nothing behind'
    expect(await failuresOf(() => fixture(() => ({}), memoryBackend(), ['.blob.partial']), title)).toEqual([title])
  })

  it('catches a cold backend whose tickets another process does not know', async () => {
    const title = 'answers as its capabilities say: at once, or first with a ticket that any process can ask again with'
    const forgetful = (): Fixture => {
      const inner = memoryBackend()
      const cold = coldBackend(inner)
      return { ...asleep(cold), reopen: () => Promise.resolve(coldBackend(inner)) }
    }
    expect(await failuresOf(forgetful, title)).toEqual([title])
  })

  it('catches a cold backend that begins a retrieval although it may not', async () => {
    const title =
      'begins nothing when it may not: what is cold is COLD, what is under way pending, what is thawed ready'
    const eager = (): Fixture => {
      const cold = coldBackend(memoryBackend())
      return asleep(cold, {
        retrieve: (locator, options = {}) => cold.retrieve(locator, { ...options, begin: true }),
      })
    }
    expect(await failuresOf(eager, title)).toEqual([title])
  })

  it('catches a cold backend that puts metadata to sleep', async () => {
    const title = 'lists metadata as any other blob, and keeps it readable at once, where blobs have names'
    const drowsy = (): Fixture => {
      const cold = coldBackend(memoryBackend())
      return asleep(cold, { put: (name, bytes) => cold.put(name, bytes) })
    }
    expect(await failuresOf(drowsy, title)).toEqual([title])
  })

  it('catches a put that is told to stop and does not stop its source', async () => {
    const title = 'stops a put whose signal is aborted, stops its source, and leaves nothing behind'
    const heedless: Fault = (inner) => ({
      put: async (name, bytes, options) => {
        const source = bytes[Symbol.asyncIterator]()
        return inner.put(name, { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) }, options)
      },
    })
    expect(await failuresOf(() => fixture(heedless), title)).toEqual([title])
  })
})
