import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

import { describe, expect, it } from '@jest/globals'
import { impatient, type RetryStrategy } from '@bakthat/emulator/impatience'
import { expiredToken, internalError, slowDown, testCredential, type Policy } from '@bakthat/emulator/s3'
import { openS3 } from '@bakthat/s3'
import { single, type Bytes, type StorageBackend } from '@bakthat/storage'

import { failureOf, inChunks, mebibyte, noise, read } from './bytes.js'
import { bucketName, inBucket, onEmulated, type Emulated } from './emulated.js'

const small = noise(1000)
const large = noise(17 * mebibyte + 5)
const twoParts = noise(8 * mebibyte + 5)

async function expectNothing(backend: StorageBackend, at: Emulated): Promise<void> {
  expect(inBucket(at)).toEqual({ objects: [], uploads: [] })
  await expect(backend.stat('blob')).rejects.toMatchObject({ code: 'NOT_FOUND' })
}

async function expectWhole(backend: StorageBackend, content: Buffer): Promise<void> {
  const { locator } = await backend.put('blob', inChunks(content))
  expect((await read(backend, locator)).equals(content)).toBe(true)
}

const count = ({ server }: Emulated, operation: string): number =>
  server.requests.filter((request) => request.operation === operation).length

/** What a put fails with that is aborted once so many requests of a kind were made. */
async function abortedAt(
  { operation, times }: { readonly operation: string; readonly times: number },
  backend: StorageBackend,
  content: Buffer,
  at: Emulated,
): Promise<unknown> {
  const controller = new AbortController()
  const failure = failureOf(backend.put('blob', inChunks(content), { signal: controller.signal }))
  while (count(at, operation) < times) await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  return failure
}

const writer = { accessKeyId: 'AKIAWRITER', secretAccessKey: 'secret of the writer' }

/** May store, and not look at what is stored. */
const writing: Policy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['s3:PutObject', 's3:AbortMultipartUpload'], Resource: `arn:aws:s3:::${bucketName}/*` },
  ],
}

describe('an upload', () => {
  it('takes one request when the blob fits into one part, and several when it does not', () =>
    onEmulated(async (backend, at) => {
      await backend.put('blob', single(noise(8 * mebibyte)))
      expect(at.asked()).toEqual(['PutObject', 'HeadObject'])
      const { size, locator } = await backend.put('larger', inChunks(large))
      expect(size).toBe(large.length)
      expect(count(at, 'UploadPart')).toBe(3)
      expect((await read(backend, locator)).equals(large)).toBe(true)
    }))

  it('looks for what is there first where a server may replace it', () =>
    onEmulated(
      async (backend, at) => {
        await backend.put('blob', single(small))
        expect(at.asked()).toEqual(['HeadObject', 'PutObject', 'HeadObject'])
        await expect(backend.put('blob', single(noise(10)))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
        expect((await read(backend, 'blob')).equals(small)).toBe(true)
      },
      { provider: 'minio' },
      { features: { conditionalWrites: 'ignored' } },
    ))

  it('of which somebody else keeps the name sends nothing in parts', () =>
    onEmulated(async (backend, at) => {
      await backend.put('blob', single(small))
      let isStopped = false
      const source = async function* (): Bytes {
        try {
          yield* inChunks(large)
        } finally {
          isStopped = true
        }
      }
      await expect(backend.put('blob', source())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      expect(isStopped).toBe(true)
      expect(count(at, 'CreateMultipartUpload')).toBe(0)
    }))

  it.each([0, 1])('of %i bytes is one object', (size) =>
    onEmulated(async (backend, at) => {
      await expectWhole(backend, noise(size))
      expect(count(at, 'CreateMultipartUpload')).toBe(0)
    }),
  )

  for (const [what, times, fault] of [
    ['are answered SlowDown', 20, slowDown],
    ['are answered InternalError', 3, internalError],
    ['lose their connection at once', 3, { reset: 'at once' }],
    ['lose their connection in mid body', 3, { reset: { afterBytes: 100 } }],
  ] as const) {
    it.each([
      ['PutObject', small],
      ['UploadPart', twoParts],
    ])(`is whole although ${times} requests ${what}: %s`, (operation, content) =>
      onEmulated(async (backend, { server }) => {
        server.faults.add({ operation, times }, fault)
        await expectWhole(backend, content)
      }),
    )
  }

  it('is whole although no answer ever comes to one request for a part', () =>
    onEmulated(
      async (backend, { server }) => {
        server.faults.add({ operation: 'UploadPart', nth: 2 }, { stall: 'at once' })
        await expectWhole(backend, large)
      },
      { stallSeconds: 1 },
    ))

  it('gives up a server that takes no more bytes', async () => {
    const server = createServer((socket) => socket.pause())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const backend = openS3({
      bucket: bucketName,
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      stallSeconds: 0.5,
      attempts: 1,
      pause: () => Promise.resolve(),
    })
    await expect(backend.write('blob', noise(8 * mebibyte))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await backend.close()
    server.close()
  })

  it('gives up after thirty attempts for one part, aborts what it began, and says that the server has trouble', () =>
    onEmulated(async (backend, at) => {
      at.server.faults.add({ operation: 'UploadPart', times: 1000 }, slowDown)
      await expect(backend.put('blob', inChunks(twoParts))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      expect(count(at, 'UploadPart')).toBeGreaterThanOrEqual(30)
      expect(count(at, 'UploadPart')).toBeLessThanOrEqual(60)
      at.server.faults.clear()
      await expectNothing(backend, at)
    }))

  it.each([0, 4.9, 5.1, 12])('whose source fails after %d MiB leaves nothing, and ends with that error', (after) =>
    onEmulated(async (backend, at) => {
      const broken = new Error('the source broke')
      async function* source(): Bytes {
        yield* inChunks(large.subarray(0, after * mebibyte))
        throw broken
      }
      expect(await failureOf(backend.put('blob', source()))).toBe(broken)
      expect(count(at, 'AbortMultipartUpload')).toBe(after > 8 ? 1 : 0)
      await expectNothing(backend, at)
    }),
  )

  for (const [operation, content, looks] of [
    ['PutObject', small, 0],
    // Looks first whether the name is free.
    ['CompleteMultipartUpload', large, 1],
  ] as const) {
    it(`knows its own object when the answer to ${operation} is lost`, () =>
      onEmulated(async (backend, at) => {
        at.server.faults.add({ operation }, { lose: 'answer' })
        await expectWhole(backend, content)
        expect(count(at, operation)).toBe(2)
        expect(inBucket(at)).toEqual({ objects: ['blob'], uploads: [] })
      }))

    it(`leaves the object of somebody else alone that appears before ${operation}`, () =>
      onEmulated(async (backend, at) => {
        const other = at.open()
        const source = async function* (): Bytes {
          yield* inChunks(content)
          await other.put('blob', single(Buffer.from('theirs')))
        }
        await expect(backend.put('blob', source())).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
        expect((await read(other, 'blob')).toString()).toBe('theirs')
        expect(inBucket(at).uploads).toEqual([])
      }))

    it(`does without the condition where the server does not know it in ${operation}`, () =>
      onEmulated(
        async (backend) => {
          await expectWhole(backend, content)
          await expect(backend.put('blob', single(small))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
        },
        {},
        { features: { conditionalWrites: 'refused' } },
      ))

    it.each(['drop the last byte', 'change a byte'] as const)(
      `fails, and removes it, when the server keeps other bytes than ${operation} said: it had to %s`,
      (damage) =>
        onEmulated(async (backend, at) => {
          at.server.faults.add({ operation }, { damage })
          await expect(backend.put('blob', inChunks(content))).rejects.toMatchObject({ code: 'INTEGRITY' })
          await expectNothing(backend, at)
        }),
    )

    it(`fails, and removes it, when a server without checksums keeps less than ${operation} said`, () =>
      onEmulated(
        async (backend, at) => {
          at.server.faults.add({ operation }, { damage: 'drop the last byte' })
          await expect(backend.put('blob', inChunks(content))).rejects.toMatchObject({ code: 'INTEGRITY' })
          await expectNothing(backend, at)
        },
        { provider: 'minio' },
      ))

    it(`fails when the answer to ${operation} tells of other bytes, also where nobody may look`, () =>
      onEmulated(
        async (backend, { server }) => {
          server.faults.add({ operation }, { damage: 'change a byte' })
          await expect(backend.put('blob', inChunks(content))).rejects.toMatchObject({ code: 'INTEGRITY' })
        },
        { credentials: writer },
        { credentials: [testCredential, { ...writer, policy: writing }] },
      ))

    it(`fails when what ${operation} stored is not found afterwards, and leaves nothing behind`, () =>
      onEmulated(async (backend, at) => {
        at.server.faults.add({ operation: 'HeadObject', nth: looks + 1 }, { refuse: 404, code: 'NotFound' })
        await expect(backend.put('blob', inChunks(content))).rejects.toMatchObject({ code: 'INTEGRITY' })
        await expectNothing(backend, at)
      }))

    it.each([
      ['', 1],
      [' once more, the first answer being lost', 2],
    ])(`leaves nothing behind when it is aborted while ${operation} is under way%s`, (_, times) =>
      onEmulated(async (backend, at) => {
        if (times > 1) at.server.faults.add({ operation }, { lose: 'answer' })
        at.server.faults.add({ operation, nth: times }, { stall: 'at once' })
        expect(await abortedAt({ operation, times }, backend, content, at)).toMatchObject({ code: 'INTERRUPTED' })
        await expectNothing(backend, at)
      }),
    )

    it(`leaves nothing behind when it is aborted while it asks whose the object is, the answer to ${operation} being lost`, () =>
      onEmulated(async (backend, at) => {
        at.server.faults.add({ operation }, { lose: 'answer' })
        const look = { operation: 'HeadObject', times: looks + 1 }
        at.server.faults.add({ operation: 'HeadObject', nth: looks + 1 }, { stall: 'at once' })
        expect(await abortedAt(look, backend, content, at)).toMatchObject({ code: 'INTERRUPTED' })
        await expectNothing(backend, at)
      }))

    it(`is made anew when somebody else changes the key during ${operation}, or ends with nothing left`, () =>
      onEmulated(async (backend, at) => {
        at.server.faults.add({ operation }, { refuse: 409, code: 'ConditionalRequestConflict' })
        if (operation === 'PutObject') return expectWhole(backend, content)
        await expect(backend.put('blob', inChunks(content))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
        await expectNothing(backend, at)
      }))
  }

  it('leaves the object of somebody else alone when it is aborted while its own is on its way', () =>
    onEmulated(async (backend, at) => {
      await backend.put('blob', single(Buffer.from('theirs')))
      at.server.faults.add({ operation: 'PutObject' }, { stall: 'at once' })
      const failure = await abortedAt({ operation: 'PutObject', times: 2 }, backend, small, at)
      expect(failure).toMatchObject({ code: 'INTERRUPTED' })
      expect((await read(backend, 'blob')).toString()).toBe('theirs')
    }))

  it('is not taken for stored where a server that ignores conditions was given another of its size meanwhile', () =>
    onEmulated(
      async (other, at) => {
        const theirs = Buffer.alloc(small.length)
        let send = (): void => undefined
        const source = async function* (): Bytes {
          await new Promise<void>((resolve) => (send = resolve))
          yield theirs
        }
        const storing = other.put('blob', source())
        while (at.server.requests[0]?.status === undefined) await new Promise((resolve) => setImmediate(resolve))
        at.server.faults.add({ operation: 'HeadObject', nth: 2 }, slowDown)
        const retryStrategy: RetryStrategy = {
          ...impatient(),
          refreshRetryTokenForRetry: async (last, failure) => {
            const token = await impatient().refreshRetryTokenForRetry(last, failure)
            send()
            await storing
            return token
          },
        }
        const backend = at.open({ provider: 'minio', client: { retryStrategy } })
        await expect(backend.put('blob', single(small))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
        expect((await read(other, 'blob')).equals(theirs)).toBe(true)
      },
      { provider: 'minio' },
      { features: { conditionalWrites: 'ignored' } },
    ))

  it('asks a server that ignores conditions beforehand whether the name is free', () =>
    onEmulated(
      async (backend) => {
        await backend.put('blob', single(small))
        await expect(backend.put('blob', inChunks(large))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
        expect((await read(backend, 'blob')).equals(small)).toBe(true)
      },
      {},
      { features: { conditionalWrites: 'ignored' } },
    ))

  it('does not take an error in an answer of status 200 for success', () =>
    onEmulated(async (backend, at) => {
      at.server.faults.add({ operation: 'CompleteMultipartUpload', times: 10 }, { errorIn200: 'InternalError' })
      await expect(backend.put('blob', inChunks(large))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      await expectNothing(backend, at)
    }))

  it('takes an upload that was completed for complete although the answer was an error', () =>
    onEmulated(async (backend, { server }) => {
      server.faults.add({ operation: 'CompleteMultipartUpload' }, { errorIn200: 'InternalError', done: true })
      await expectWhole(backend, large)
    }))

  it('asks on AWS for the CRC32 of the whole object, and elsewhere for nothing', () =>
    onEmulated(async (backend, at) => {
      await backend.put('blob', inChunks(large))
      const { checksum } = at.server.buckets.get(bucketName)!.current('blob') as { checksum?: object }
      expect(checksum).toMatchObject({ algorithm: 'CRC32', type: 'FULL_OBJECT' })
      await at.open({ provider: 'ceph' }).put('elsewhere', inChunks(large))
      const sent = at.server.requests
        .filter(({ key }) => key === 'elsewhere')
        .flatMap(({ headers }) => Object.keys(headers))
      expect(sent.filter((header) => header.includes('checksum'))).toEqual([])
    }))

  it('sends parts that are too large for one buffer straight from where they were gathered, again and again', () =>
    onEmulated(
      async (backend, { server }) => {
        server.faults.add({ operation: 'UploadPart', nth: 2, times: 9 }, slowDown)
        await expectWhole(backend, twoParts)
      },
      { contiguousBytes: mebibyte },
    ))

  it('is whole over many parts whose memory is used again, though each has to be sent twice', () =>
    onEmulated(async (backend, { server }) => {
      for (const nth of [1, 3, 5, 7]) server.faults.add({ operation: 'UploadPart', nth }, slowDown)
      const content = noise(60 * mebibyte + 11)
      for (const size of [64 * 1024, 1_000_003]) {
        const { locator } = await backend.put(`of ${size}`, inChunks(content, size), { estimatedSize: content.length })
        expect((await read(backend, locator)).equals(content)).toBe(true)
      }
    }))

  it('reads its source no faster than the server takes it', () =>
    onEmulated(async (backend, at) => {
      let given = 0
      async function* source(): Bytes {
        for (; given < 200; given++) yield await Promise.resolve(Buffer.alloc(mebibyte))
      }
      const controller = new AbortController()
      at.server.faults.add({ operation: 'UploadPart', times: 4 }, { stall: 'at once' })
      const put = backend.put('blob', source(), { signal: controller.signal })
      put.catch(() => undefined)
      while (count(at, 'UploadPart') < 4) await new Promise((resolve) => setImmediate(resolve))
      expect(given).toBeLessThanOrEqual(5 * 8)
      controller.abort()
      await expect(put).rejects.toMatchObject({ code: 'INTERRUPTED' })
    }))

  it('never takes more parts than the server does, however wrong the estimate was', () =>
    onEmulated(
      async (backend, at) => {
        const content = noise(40 * mebibyte)
        const { locator } = await backend.put('blob', inChunks(content), { estimatedSize: 1 })
        expect(count(at, 'UploadPart')).toBe(4)
        expect((await backend.stat(locator)).state).toBe('ready')
      },
      { maxParts: 4 },
      { limits: { parts: 4 }, storage: 'counted' },
    ))

  it('ends with a clear word when no part is left, and with nothing behind', () =>
    onEmulated(
      async (backend, at) => {
        const put = backend.put('blob', inChunks(noise(30 * mebibyte)), { estimatedSize: 1 })
        await expect(put).rejects.toMatchObject({ code: 'NO_SPACE', hint: expect.stringContaining('estimatedSize') })
        await expectNothing(backend, at)
      },
      { provider: 'r2', region: 'us-east-1', maxParts: 2 },
    ))

  it('sends parts of one size where the server wants that', () =>
    onEmulated(
      async (backend, { server }) => {
        await backend.put('blob', inChunks(noise(20 * mebibyte)), { estimatedSize: 1 })
        const sizes = server.requests
          .filter(({ operation }) => operation === 'UploadPart')
          .map(({ headers }) => Number(headers['content-length']))
        expect(new Set(sizes)).toEqual(new Set([8 * mebibyte, 4 * mebibyte]))
      },
      { provider: 'r2', region: 'us-east-1' },
    ))

  it('keeps metadata out of cold storage, and archives in it', () =>
    onEmulated(
      async (backend) => {
        const stored = [
          await backend.put('small', single(small)),
          await backend.put('large', inChunks(large)),
          await backend.put('manifest', single(small), { purpose: 'metadata' }),
        ]
        expect(stored.map(({ storageClass }) => storageClass)).toEqual(['DEEP_ARCHIVE', 'DEEP_ARCHIVE', undefined])
      },
      { storageClass: 'DEEP_ARCHIVE' },
    ))

  describe.each([
    ['one buffer', {}],
    ['a stream', { bandwidthLimit: 1e9 }],
  ])('sent as %s', (_, options) => {
    it.each([
      [400, 'RequestTimeout'],
      [408, 'ofSomeProxy'],
      [400, 'IncompleteBody'],
      [400, 'BadDigest'],
      [400, 'XAmzContentSHA256Mismatch'],
    ])('is sent again after %d %s', (refuse, code) =>
      onEmulated(async (backend, { server }) => {
        server.faults.add({ operation: 'PutObject' }, { refuse, code })
        server.faults.add({ operation: 'UploadPart', nth: 2 }, { refuse, code })
        await expectWhole(backend, small)
        await backend.remove(backend.locate('blob')!)
        await expectWhole(backend, large)
      }, options),
    )
  })

  it('ends with a word about keys that have expired and cannot be renewed, and with nothing behind', () =>
    onEmulated(async (backend, at) => {
      at.server.faults.add({ operation: 'UploadPart', nth: 2, times: 9 }, expiredToken)
      const error = await failureOf(backend.put('blob', inChunks(large)))
      expect(error).toMatchObject({ code: 'PERMISSION_DENIED', message: expect.stringContaining('have expired') })
      at.server.faults.clear()
      await expectNothing(backend, at)
    }))
})
