import { describe, expect, it } from '@jest/globals'
import { openS3, type S3Options } from '@bakthat/s3'
import { single, type Bytes, type StorageBackend } from '@bakthat/storage'

import { inChunks, mebibyte, noise, read } from './bytes.js'
import { FakeS3, type Fault } from './fake-s3.js'

const small = noise(1000)
const large = noise(20 * mebibyte + 5)

async function onFake(
  test: (backend: StorageBackend, fake: FakeS3) => Promise<void>,
  more: Partial<S3Options> = {},
): Promise<void> {
  await using fake = await FakeS3.start()
  const backend = openS3({ ...fake.options, ...more })
  try {
    await test(backend, fake)
  } finally {
    await backend.close()
  }
}

/** The fault for the first so many requests of that line. */
function failing(fake: FakeS3, line: string, fault: Fault, times = 1): void {
  fake.faults = (_, count) => (fake.log.at(-1) === line && count <= times ? fault : undefined)
}

async function expectNothing(backend: StorageBackend, fake: FakeS3): Promise<void> {
  expect([...fake.objects.keys()]).toEqual([])
  expect([...fake.uploads.keys()]).toEqual([])
  await expect(backend.stat('blob')).rejects.toMatchObject({ code: 'NOT_FOUND' })
}

describe('an upload', () => {
  it('takes one request when the blob fits into one part, and several when it does not', () =>
    onFake(async (backend, fake) => {
      await backend.put('blob', single(noise(8 * mebibyte)))
      expect(fake.log).toEqual(['HEAD blob', 'PUT blob', 'HEAD blob'])
      fake.log.length = 0
      const { size, locator } = await backend.put('larger', inChunks(large))
      expect(size).toBe(large.length)
      expect(fake.log.filter((line) => line.startsWith('PUT')).sort()).toEqual([
        'PUT larger?partNumber=1',
        'PUT larger?partNumber=2',
        'PUT larger?partNumber=3',
      ])
      expect((await read(backend, locator)).equals(large)).toBe(true)
    }))

  for (const fault of [
    { status: 503, code: 'SlowDown' },
    { status: 500, code: 'InternalError' },
    'refuse',
    'stall',
  ] as const) {
    const what = typeof fault === 'string' ? `are met with: ${fault}` : `are answered ${fault.code}`
    const times = fault === 'stall' ? 1 : 9
    it(`is whole although ${times} requests for one part ${what}`, () =>
      onFake(
        async (backend, fake) => {
          failing(fake, 'PUT blob?partNumber=2', fault, times)
          const { locator } = await backend.put('blob', inChunks(large))
          expect((await read(backend, locator)).equals(large)).toBe(true)
          expect(fake.log.filter((line) => line === 'PUT blob?partNumber=2')).toHaveLength(times + 1)
        },
        { stallSeconds: 1 },
      ))
  }

  it('gives up after thirty attempts, aborts what it began, and says that the server has trouble', () =>
    onFake(async (backend, fake) => {
      failing(fake, 'PUT blob?partNumber=2', { status: 503, code: 'SlowDown' }, Infinity)
      await expect(backend.put('blob', inChunks(large))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      fake.faults = () => undefined
      await expectNothing(backend, fake)
      expect(fake.log.filter((line) => line === 'PUT blob?partNumber=2')).toHaveLength(30)
    }))

  for (const [request, content] of [
    ['PUT blob', small],
    ['POST blob?upload', large],
  ] as const) {
    it(`knows its own object when the answer to ${request} is lost`, () =>
      onFake(async (backend, fake) => {
        failing(fake, request, 'lose answer')
        const { locator } = await backend.put('blob', inChunks(content))
        expect(fake.log.filter((line) => line === request)).toHaveLength(2)
        expect((await read(backend, locator)).equals(content)).toBe(true)
      }))

    it(`leaves the object of somebody else alone that appears before ${request}`, () =>
      onFake(async (backend, fake) => {
        const theirs = {
          body: Buffer.from('theirs'),
          etag: '"x"',
          nonce: 'n',
          storageClass: 'STANDARD',
          crc32: undefined,
        }
        fake.faults = () => {
          if (fake.log.at(-1) === request) fake.objects.set('blob', theirs)
          return undefined
        }
        await expect(backend.put('blob', inChunks(content))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
        expect(fake.objects.get('blob')).toBe(theirs)
        expect(fake.uploads.size).toBe(0)
      }))

    it(`does without the condition where the server does not know it in ${request}`, () =>
      onFake(async (backend, fake) => {
        fake.conditions = 'unknown'
        const { locator } = await backend.put('blob', inChunks(content))
        expect((await read(backend, locator)).equals(content)).toBe(true)
        await expect(backend.put('blob', single(small))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      }))

    it(`fails, and removes it, when the server keeps other bytes than ${request} said`, () =>
      onFake(async (backend, fake) => {
        failing(fake, request, 'damage')
        await expect(backend.put('blob', inChunks(content))).rejects.toMatchObject({ code: 'INTEGRITY' })
        await expectNothing(backend, fake)
      }))

    it(`leaves nothing behind when it is aborted while ${request} is under way`, () =>
      onFake(async (backend, fake) => {
        const controller = new AbortController()
        fake.faults = () => {
          if (fake.log.at(-1) !== request) return undefined
          setImmediate(() => {
            controller.abort()
          })
          return 'stall'
        }
        const put = backend.put('blob', inChunks(content), { signal: controller.signal })
        await expect(put).rejects.toMatchObject({ code: 'INTERRUPTED' })
        await expectNothing(backend, fake)
      }))
  }

  it('asks a server that ignores conditions beforehand whether the name is free', () =>
    onFake(async (backend, fake) => {
      fake.conditions = 'ignored'
      await backend.put('blob', single(small))
      await expect(backend.put('blob', inChunks(large))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      expect(fake.objects.get('blob')?.body.equals(small)).toBe(true)
    }))

  it('does not take an error in an answer of status 200 for success', () =>
    onFake(async (backend, fake) => {
      fake.faults = () => (fake.log.at(-1) === 'POST blob?upload' ? { status: 200, code: 'InternalError' } : undefined)
      await expect(backend.put('blob', inChunks(large))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      fake.faults = () => undefined
      await expectNothing(backend, fake)
    }))

  it('takes an upload that was completed for complete although the answer was an error', () =>
    onFake(async (backend, fake) => {
      failing(fake, 'POST blob?upload', { errorIn200: 'InternalError' })
      const { locator } = await backend.put('blob', inChunks(large))
      expect((await read(backend, locator)).equals(large)).toBe(true)
    }))

  it('can be made with credentials that may not look', () =>
    onFake(async (backend, fake) => {
      fake.faults = ({ method }) => (method === 'HEAD' ? { status: 403, code: 'AccessDenied' } : undefined)
      const { size } = await backend.put('blob', inChunks(large))
      expect(size).toBe(large.length)
    }))

  it('sends parts that are too large for one buffer straight from where they were gathered, again and again', () =>
    onFake(
      async (backend, fake) => {
        failing(fake, 'PUT blob?partNumber=2', { status: 503, code: 'SlowDown' }, 9)
        const { locator } = await backend.put('blob', inChunks(large))
        expect((await read(backend, locator)).equals(large)).toBe(true)
      },
      { contiguousBytes: mebibyte },
    ))

  it('reads its source no faster than the server takes it', () =>
    onFake(async (backend, fake) => {
      let given = 0
      async function* source(): Bytes {
        for (; given < 200; given++) yield await Promise.resolve(Buffer.alloc(mebibyte))
      }
      const controller = new AbortController()
      fake.faults = ({ query }) => (query.has('partNumber') ? 'stall' : undefined)
      const put = backend.put('blob', source(), { signal: controller.signal })
      put.catch(() => undefined)
      while (fake.log.filter((line) => line.includes('partNumber')).length < 4) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(given).toBeLessThanOrEqual(5 * 8)
      controller.abort()
      await expect(put).rejects.toMatchObject({ code: 'INTERRUPTED' })
    }))

  it('says of objects of every size until when they are locked', () =>
    onFake(
      async (backend, fake) => {
        const locks: unknown[] = []
        fake.faults = ({ method, query, headers }) => {
          const begins = (method === 'PUT' && !query.has('partNumber')) || query.has('uploads')
          if (begins) locks.push([headers['x-amz-object-lock-mode'], headers['x-amz-object-lock-retain-until-date']])
          return undefined
        }
        await backend.put('small', single(small))
        await backend.put('large', inChunks(large))
        expect(locks).toEqual(Array(2).fill(['COMPLIANCE', '2026-03-31T00:00:00Z']))
      },
      { objectLock: { mode: 'compliance', days: 30 }, now: () => new Date('2026-03-01T00:00:00Z') },
    ))

  it('keeps metadata out of cold storage, and archives in it', () =>
    onFake(
      async (backend, fake) => {
        await backend.put('small', single(small))
        await backend.put('large', inChunks(large))
        await backend.put('manifest', single(small), { purpose: 'metadata' })
        const classes = [...fake.objects.values()].map(({ storageClass }) => storageClass)
        expect(classes).toEqual(['DEEP_ARCHIVE', 'DEEP_ARCHIVE', 'STANDARD'])
      },
      { storageClass: 'DEEP_ARCHIVE' },
    ))
})
