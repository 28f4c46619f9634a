import { describe, expect, it } from '@jest/globals'
import { minute, second, settableClock, type S3Credential } from '@bakthat/emulator/s3'

import { single } from '@bakthat/storage'

import { inChunks, mebibyte, noise, read } from './bytes.js'
import { onEmulated, type Emulated } from './emulated.js'

const session = { accessKeyId: 'ASIASESSION', secretAccessKey: 'secret of the session', sessionToken: 'token' }

/** Who signed the last request. */
const signer = ({ server }: Emulated): string | undefined =>
  /Credential=([^/]+)/.exec(String(server.requests.at(-1)?.headers.authorization))?.[1]

describe('keys', () => {
  it('that expire in the middle of an upload are asked for again at their source', () => {
    const wallClock = settableClock(new Date())
    const first: S3Credential = { ...session, expires: new Date(wallClock.now().getTime() + minute) }
    const second: S3Credential = { ...session, accessKeyId: 'ASIASECOND', sessionToken: 'second' }
    const sources = [first, second]
    const credentials = (): Promise<S3Credential> =>
      Promise.resolve(sources.length > 1 ? sources.shift()! : sources[0]!)
    return onEmulated(
      async (backend, at) => {
        const content = noise(57 * mebibyte)
        const source = async function* (): AsyncGenerator<Uint8Array> {
          yield* inChunks(content.subarray(0, 50 * mebibyte))
          wallClock.advance(2 * minute)
          yield* inChunks(content.subarray(50 * mebibyte))
        }
        const { locator } = await backend.put('blob', source())
        expect(at.server.requests.some(({ status }) => status === 400)).toBe(true)
        expect(signer(at)).toBe('ASIASECOND')
        expect((await read(backend, locator)).equals(content)).toBe(true)
      },
      { credentials },
      { credentials: [first, second], wallClock },
    )
  })

  it('that have expired when something is looked for, which is refused without a word, are asked for again', () => {
    const sources = [session, { ...session, accessKeyId: 'ASIASECOND', sessionToken: 'second' }]
    const credentials = (): Promise<S3Credential> =>
      Promise.resolve(sources.length > 1 ? sources.shift()! : sources[0]!)
    const wallClock = settableClock(new Date())
    const expires = new Date(wallClock.now().getTime() + minute)
    return onEmulated(
      async (backend, at) => {
        const { locator } = await backend.put('blob', single(noise(1000)))
        wallClock.advance(2 * minute)
        expect(await backend.stat(locator)).toMatchObject({ value: { size: 1000 } })
        expect(at.asked().slice(-4)).toEqual(['HeadObject', 'ListObjectsV2', 'ListObjectsV2', 'HeadObject'])
        expect(signer(at)).toBe('ASIASECOND')
      },
      { credentials },
      { credentials: [{ ...session, expires }, sources[1]!], wallClock },
    )
  })

  it.each(['stat', 'remove', 'retrieve'] as const)('that have expired are told by %s', (method) => {
    const wallClock = settableClock(new Date())
    const only: S3Credential = { ...session, expires: new Date(wallClock.now().getTime() + minute) }
    return onEmulated(
      async (backend) => {
        const { locator } = await backend.put('blob', single(noise(10)))
        wallClock.advance(2 * minute)
        await expect(backend[method](locator)).rejects.toMatchObject({
          code: 'PERMISSION_DENIED',
          message: expect.stringContaining('the credentials have expired'),
        })
      },
      { credentials: session },
      { credentials: [only], wallClock },
    )
  })

  it('that expire and have no source end an upload with a clear word, and with nothing behind', () => {
    const wallClock = settableClock(new Date())
    const only: S3Credential = { ...session, expires: new Date(wallClock.now().getTime() + minute) }
    return onEmulated(
      async (backend) => {
        const source = async function* (): AsyncGenerator<Uint8Array> {
          yield* inChunks(noise(20 * mebibyte))
          wallClock.advance(2 * minute)
          yield* inChunks(noise(20 * mebibyte))
        }
        await expect(backend.put('blob', source())).rejects.toMatchObject({
          code: 'PERMISSION_DENIED',
          message: expect.stringContaining('the credentials have expired'),
        })
      },
      { credentials: session },
      { credentials: [only], wallClock },
    )
  })
})

describe('a clock', () => {
  it.each([-20, 20])('that is %i minutes off is corrected by that of the server', (minutes) => {
    const wallClock = settableClock()
    wallClock.advance(minutes * minute + second)
    return onEmulated(
      async (backend) => {
        const { locator } = await backend.put('blob', inChunks(noise(9 * mebibyte)))
        expect(await read(backend, locator)).toHaveLength(9 * mebibyte)
      },
      {},
      { wallClock },
    )
  })
})
