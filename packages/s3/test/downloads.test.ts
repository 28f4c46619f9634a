import { describe, expect, it } from '@jest/globals'
import { openS3 } from '@bakthat/s3'
import type { StorageBackend } from '@bakthat/storage'

import { failureOf, inChunks, mebibyte, noise, read } from './bytes.js'
import { FakeS3 } from './fake-s3.js'

const content = noise(10 * mebibyte + 3)

async function withBlob(
  test: (backend: StorageBackend, fake: FakeS3, locator: string) => Promise<void>,
  body = content,
): Promise<void> {
  await using fake = await FakeS3.start()
  const backend = openS3({ ...fake.options, stallSeconds: 1 })
  fake.objects.set('blob', { body, etag: '"one"', nonce: 'n', storageClass: 'STANDARD', crc32: undefined })
  try {
    await test(backend, fake, 'blob')
  } finally {
    await backend.close()
  }
}

/** Applies to the first so many GETs. */
function cutting(fake: FakeS3, times: number, fault: { cutAfter: number } | { stallAfter: number }): string[] {
  const ranges: string[] = []
  fake.faults = ({ method, headers }) => {
    if (method !== 'GET') return undefined
    return ranges.push(headers.range ?? '') <= times ? fault : undefined
  }
  return ranges
}

describe('a download', () => {
  it('goes on after the last byte that came when the connection is lost', () =>
    withBlob(async (backend, fake, locator) => {
      const ranges = cutting(fake, 2, { cutAfter: 100_000 })
      expect(
        (await read(backend, locator, { range: { start: 10, end: 1_000_010 } })).equals(
          content.subarray(10, 1_000_010),
        ),
      ).toBe(true)
      expect(ranges).toEqual(['bytes=10-1000009', 'bytes=100010-1000009', 'bytes=200010-1000009'])
    }))

  it('goes on when nothing comes any more', () =>
    withBlob(async (backend, fake, locator) => {
      cutting(fake, 1, { stallAfter: 100_000 })
      expect((await read(backend, locator)).equals(content)).toBe(true)
    }))

  it('throws and does not end when the connection is lost again and again', () =>
    withBlob(async (backend, fake, locator) => {
      cutting(fake, Infinity, { cutAfter: 0 })
      await expect(read(backend, locator)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    }))

  it('is interrupted at once while it waits to ask again', () =>
    withBlob(async (_, fake, locator) => {
      const controller = new AbortController()
      const pause = (): Promise<void> => {
        controller.abort()
        return Promise.reject(new Error('the timer was stopped'))
      }
      cutting(fake, Infinity, { cutAfter: 0 })
      const backend = openS3({ ...fake.options, pause })
      const reading = read(backend, locator, { signal: controller.signal })
      await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' })
      await backend.close()
    }))

  it('asks again when the server is busy', () =>
    withBlob(async (backend, fake, locator) => {
      fake.faults = (_, times) => (times < 10 ? { status: 503, code: 'SlowDown' } : undefined)
      expect((await read(backend, locator, { range: { start: 5, end: 9 } })).equals(content.subarray(5, 9))).toBe(true)
    }))

  it('never mixes two objects: one that was replaced meanwhile is an error', () =>
    withBlob(async (backend, fake, locator) => {
      const answer = await backend.retrieve(locator)
      const object = fake.objects.get('blob')!
      fake.objects.set('blob', { ...object, body: noise(object.body.length + 1), etag: '"other"' })
      const reading = async (): Promise<void> => {
        if (answer.state === 'ready') for await (const chunk of answer.value) expect(chunk.length).toBeGreaterThan(0)
      }
      await expect(reading()).rejects.toMatchObject({ code: 'INTEGRITY' })
    }))

  it('asks for nothing before it is read, then for a few pieces ahead, and for no more after the reader stopped', () =>
    withBlob(
      async (backend, fake, locator) => {
        const answer = await backend.retrieve(locator)
        expect(fake.log).toEqual(['HEAD blob'])
        if (answer.state === 'ready') for await (const chunk of answer.value) if (chunk.length > 0) break
        expect(fake.log.filter((line) => line === 'GET blob').length).toBeLessThanOrEqual(4)
      },
      Buffer.alloc(50 * mebibyte),
    ))
})

describe('failures', () => {
  const told = [
    [403, 'AccessDenied', 'PERMISSION_DENIED'],
    [403, 'InvalidAccessKeyId', 'PERMISSION_DENIED'],
    [403, 'SignatureDoesNotMatch', 'PERMISSION_DENIED'],
    [400, 'ExpiredToken', 'PERMISSION_DENIED'],
    [403, 'RequestTimeTooSkewed', 'PERMISSION_DENIED'],
    [404, 'NoSuchBucket', 'NOT_FOUND'],
    [404, 'NoSuchVersion', 'NOT_FOUND'],
    [400, 'AuthorizationHeaderMalformed', 'INVALID_CONFIG'],
    [503, 'SlowDown', 'UNAVAILABLE'],
    [500, 'InternalError', 'UNAVAILABLE'],
    [400, 'SomethingNew', 'INVALID_INPUT'],
    [501, 'NotImplemented', 'UNSUPPORTED'],
  ] as const

  for (const [status, code, expected] of told) {
    it(`are told as ${expected} when the server says ${code}, without keys`, () =>
      withBlob(async (backend, fake, locator) => {
        fake.faults = ({ method }) => (method === 'DELETE' ? { status, code } : undefined)
        const removing = backend.remove(locator)
        if (expected === 'NOT_FOUND') return removing
        const error = await failureOf(removing)
        expect(error).toMatchObject({ code: expected })
        expect(everythingIn(error)).not.toMatch(/AKIDFAKE|not-to-be-seen|Signature=/)
      }))
  }

  it('say that there is no such bucket, and how to make it', () =>
    withBlob(async (backend, fake) => {
      fake.faults = ({ method }) => (method === 'PUT' ? { status: 404, code: 'NoSuchBucket' } : undefined)
      const error = await failureOf(backend.put('other', inChunks(noise(5))))
      expect(error).toMatchObject({ code: 'NOT_FOUND', hint: expect.stringContaining('bakthat create') })
    }))

  it('say that nothing answers', async () => {
    const fake = await FakeS3.start()
    const backend = openS3(fake.options)
    await fake[Symbol.asyncDispose]()
    await expect(backend.stat('blob')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await backend.close()
  })
})

/** All text in an error and its causes, hidden fields included. */
function everythingIn(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null || seen.has(value)) return String(value)
  seen.add(value)
  return Reflect.ownKeys(value)
    .map((key) => everythingIn(Reflect.get(value, key), seen))
    .join('\n')
}
