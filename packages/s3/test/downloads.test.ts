import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it } from '@jest/globals'
import { slowDown, type Fault } from '@bakthat/emulator/s3'
import { openS3, type S3Backend, type S3Options } from '@bakthat/s3'

import { failureOf, inChunks, mebibyte, noise, read } from './bytes.js'
import { onEmulated, type Emulated } from './emulated.js'

const content = noise(10 * mebibyte + 3)

function withBlob(
  test: (backend: S3Backend, at: Emulated, locator: string) => Promise<void>,
  { body = content, ...more }: Partial<S3Options> & { readonly body?: Buffer } = {},
): Promise<void> {
  return onEmulated(async (_, at) => {
    await at.open().put('blob', inChunks(body))
    await test(at.open({ stallSeconds: 1, ...more }), at, 'blob')
  })
}

/** What befalls the next so many GETs. */
function failing({ server }: Emulated, times: number, fault: Fault): void {
  server.faults.add({ operation: 'GetObject', times }, fault)
}

const rangesOf = ({ server }: Emulated): unknown[] =>
  server.requests.filter(({ operation }) => operation === 'GetObject').map(({ headers }) => headers.range)

describe('a download', () => {
  it('goes on after the last byte that came when the connection is lost', () =>
    withBlob(async (backend, at, locator) => {
      failing(at, 2, { cutAnswer: 100_000 })
      const range = { start: 10, end: 1_000_010 }
      expect((await read(backend, locator, { range })).equals(content.subarray(10, 1_000_010))).toBe(true)
      const starts = rangesOf(at).map((one) => Number(/=(\d+)-1000009$/.exec(String(one))?.[1]))
      expect(starts).toHaveLength(3)
      expect(starts[0]).toBe(10)
      expect(starts).toEqual([...starts].sort((one, other) => one - other))
      expect(starts[2]).toBeLessThanOrEqual(200_010)
    }))

  it('hands over chunks that stay as they are, however much follows', () => {
    const body = noise(6 * 8 * mebibyte + 3)
    return withBlob(async (backend, _, locator) => expect((await read(backend, locator)).equals(body)).toBe(true), {
      body,
    })
  })

  it('does not end well when the server sends more than it said', async () => {
    const server = createServer(({ method }, response) => {
      if (method === 'HEAD') response.writeHead(200, { 'content-length': '1000', etag: '"one"' }).end()
      else {
        response.writeHead(206, { 'content-range': 'bytes 0-999/1000', etag: '"one"' }).write(Buffer.alloc(1000))
        setImmediate(() => response.end('x'))
      }
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const backend = openS3({
      bucket: 'bucket',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      attempts: 1,
    })
    try {
      await expect(read(backend, 'blob')).rejects.toMatchObject({ code: 'INTEGRITY' })
    } finally {
      await backend.close()
      server.closeAllConnections()
      server.close()
    }
  })

  it('goes on when nothing comes any more', () =>
    withBlob(async (backend, at, locator) => {
      failing(at, 1, { stallAnswer: 100_000 })
      expect((await read(backend, locator)).equals(content)).toBe(true)
    }))

  it('throws and does not end when the connection is lost again and again', () =>
    withBlob(async (backend, at, locator) => {
      failing(at, 20, { cutAnswer: 0 })
      await expect(read(backend, locator)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      at.server.faults.clear()
    }))

  it('is interrupted at once while it waits to ask again', () => {
    const controller = new AbortController()
    const pause = (): Promise<void> => {
      controller.abort()
      return Promise.reject(new Error('the timer was stopped'))
    }
    return withBlob(
      async (backend, at, locator) => {
        failing(at, 20, { cutAnswer: 0 })
        const reading = read(backend, locator, { signal: controller.signal })
        await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' })
        at.server.faults.clear()
      },
      { pause },
    )
  })

  it('asks again when the server is busy', () =>
    withBlob(async (backend, at, locator) => {
      failing(at, 9, slowDown)
      expect((await read(backend, locator, { range: { start: 5, end: 9 } })).equals(content.subarray(5, 9))).toBe(true)
    }))

  it('never mixes two objects: one that was replaced meanwhile is an error', () =>
    withBlob(async (backend, at, locator) => {
      const answer = await backend.retrieve(locator)
      await at.open().write('blob', noise(content.length + 1))
      const reading = async (): Promise<void> => {
        if (answer.state === 'ready') for await (const chunk of answer.value) expect(chunk.length).toBeGreaterThan(0)
      }
      await expect(reading()).rejects.toMatchObject({ code: 'INTEGRITY' })
    }))

  it('asks for nothing before it is read, then for a few pieces ahead, and for no more after the reader stopped', () =>
    withBlob(
      async (backend, at, locator) => {
        const answer = await backend.retrieve(locator)
        expect(rangesOf(at)).toEqual([])
        if (answer.state === 'ready') for await (const chunk of answer.value) if (chunk.length > 0) break
        expect(rangesOf(at).length).toBeLessThanOrEqual(4)
      },
      { body: Buffer.alloc(50 * mebibyte) },
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

  for (const [refuse, code, expected] of told) {
    it(`are told as ${expected} when the server says ${code}, without keys`, () =>
      withBlob(
        async (backend, { server }, locator) => {
          server.faults.add({ operation: 'DeleteObject', times: 100 }, { refuse, code })
          const removing = backend.remove(locator)
          if (expected === 'NOT_FOUND') await removing
          else {
            const error = await failureOf(removing)
            expect(error).toMatchObject({ code: expected })
            expect(everythingIn(error)).not.toMatch(/AKIAEMULATOR|emulated\/secret|Signature=/)
          }
          server.faults.clear()
        },
        { body: Buffer.alloc(10) },
      ))
  }

  it('say that there is no such bucket, and how to make it', () =>
    onEmulated(async (_, at) => {
      const error = await failureOf(at.open({ bucket: 'never-made' }).put('other', inChunks(noise(5))))
      expect(error).toMatchObject({ code: 'NOT_FOUND', hint: expect.stringContaining('bakthat create') })
    }))

  it('say that nothing answers', () =>
    onEmulated(async (_, { server, options }) => {
      await server.stop()
      const backend = openS3(options)
      await expect(backend.stat('blob')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      await backend.close()
    }))
})

/** All text in an error and its causes, hidden fields included. */
function everythingIn(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null || seen.has(value)) return String(value)
  seen.add(value)
  return Reflect.ownKeys(value)
    .map((key) => everythingIn(Reflect.get(value, key), seen))
    .join('\n')
}

describe('a server that does not look at what is asked', () => {
  const content = noise(20 * mebibyte + 1)

  /** Answers ranges as `answer` has them. */
  async function downloaded(
    answer: (start: number) => { readonly etag: string; readonly from: number; readonly bytes?: number },
  ): Promise<Buffer> {
    const server = createServer(({ method, headers }, response) => {
      if (method === 'HEAD') {
        response.writeHead(200, { etag: '"one"', 'content-length': content.length }).end()
        return
      }
      const [start, end] = (/bytes=(\d+)-(\d+)/.exec(headers.range ?? '') ?? []).slice(1).map(Number) as [
        number,
        number,
      ]
      const { etag, from, bytes } = answer(start)
      const piece = content.subarray(from, from + end - start + 1)
      const range = `bytes ${from}-${from + piece.length - 1}/${content.length}`
      // In chunks where it gives fewer bytes: the answer is whole, as far as HTTP can tell.
      const length = bytes === undefined ? { 'content-length': piece.length } : {}
      response.writeHead(206, { etag, ...length, 'content-range': range }).end(piece.subarray(0, bytes))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    const pause = (): Promise<void> => Promise.resolve()
    const backend = openS3({ bucket: 'bucket', endpoint: `http://127.0.0.1:${port}`, credentials, pause })
    try {
      return await read(backend, backend.locate('blob')!)
    } finally {
      await backend.close()
      server.closeAllConnections()
      server.close()
    }
  }

  it('is believed as long as it answers what was asked', async () => {
    for (const etag of ['"one"', 'W/"one"'])
      expect((await downloaded((from) => ({ etag, from }))).equals(content)).toBe(true)
  })

  it('is asked again for what an answer lacked that ended early, without an error', async () => {
    const lacking = downloaded((from) => ({ etag: '"one"', from, ...(from % mebibyte === 0 && { bytes: 1000 }) }))
    expect((await lacking).equals(content)).toBe(true)
  })

  it('gives no mixture of two objects, nor of ranges', async () => {
    const other = downloaded((from) => ({ etag: from === 0 ? '"one"' : '"other"', from }))
    await expect(other).rejects.toMatchObject({ code: 'INTEGRITY', message: expect.stringContaining('was replaced') })
    const shifted = downloaded(() => ({ etag: '"one"', from: 0 }))
    await expect(shifted).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('another range'),
    })
  })
})
