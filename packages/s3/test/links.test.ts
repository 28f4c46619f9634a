import { describe, expect, it } from '@jest/globals'
import { day, hour, minute, settableClock } from '@bakthat/emulator/s3'
import type { S3Backend, S3Options } from '@bakthat/s3'
import { single } from '@bakthat/storage'

import { accessKeyId, bucketName, onEmulated, secretAccessKey, type Emulated } from './emulated.js'

const content = Buffer.from('for everybody')

/** One clock for what is stored, for what is signed and for what is asked: the SDK signs by that of the machine. */
function withBlob(
  test: (backend: S3Backend, at: Emulated, locator: string) => Promise<void>,
  more: Partial<S3Options> = {},
): Promise<void> {
  const clock = settableClock()
  return onEmulated(
    async (backend, at) => {
      const { locator } = await backend.put('a b/ü "x".tar.zst', single(content))
      await test(backend, at, locator)
    },
    more,
    { clock, wallClock: clock },
    { versioning: 'Enabled' },
  )
}

/** What S3 makes of the link: when it was signed, and for how many seconds. */
function endOf(url: string): Date {
  const { searchParams } = new URL(url)
  const [, ...digits] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(searchParams.get('X-Amz-Date')!)!
  const [year, month, date, hours, minutes, seconds] = digits.map(Number)
  const signedAt = Date.UTC(year!, month! - 1, date, hours, minutes, seconds)
  return new Date(signedAt + Number(searchParams.get('X-Amz-Expires')) * 1000)
}

const toTheSecond = (date: Date): number => Math.floor(date.getTime() / 1000)

async function statusOf(url: string): Promise<number> {
  return (await fetch(url)).status
}

describe('a link', () => {
  it('lets anyone read that version until its time, and saves it under its name', () =>
    withBlob(async (backend, { server }, locator) => {
      await backend.write('a b/ü "x".tar.zst', Buffer.from('other'))
      const { url, expiresAt, notice } = await backend.link(locator, { expiresInSeconds: 3600 })
      const answer = await fetch(url)
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(content)
      expect(answer.headers.get('content-disposition')).toBe(
        `attachment; filename="_ _x_.tar.zst"; filename*=UTF-8''%C3%BC%20%22x%22.tar.zst`,
      )
      expect(toTheSecond(expiresAt)).toBe(toTheSecond(endOf(url)))
      expect(notice).toBeUndefined()
      server.clock.advance(hour - minute)
      expect(await statusOf(url)).toBe(200)
      server.clock.advance(2 * minute)
      expect(await statusOf(url)).toBe(403)
    }))

  it('is good for the one method that it was made for', () =>
    withBlob(async (backend, _, locator) => {
      const { url } = await backend.link(locator, { expiresInSeconds: 60, method: 'HEAD' })
      const answer = await fetch(url, { method: 'HEAD' })
      expect([answer.status, answer.headers.get('content-length')]).toEqual([200, `${content.length}`])
      expect(await statusOf(url)).toBe(403)
    }))

  it('asks for no checksum, which not every program can check', () =>
    withBlob(async (backend, _, locator) => {
      const { url } = await backend.link(locator, { expiresInSeconds: 60, fileName: 'x' })
      expect(new URL(url).search).not.toMatch(/checksum/i)
      expect(new URL(url).searchParams.get('response-content-disposition')).toContain('filename="x"')
    }))

  it('works for seven days at most', () =>
    withBlob(async (backend, { server }, locator) => {
      const { url, expiresAt } = await backend.link(locator, { expiresInSeconds: 30 * 86_400 })
      expect(toTheSecond(expiresAt)).toBe(toTheSecond(endOf(url)))
      server.clock.advance(7 * day - minute)
      expect(await statusOf(url)).toBe(200)
      server.clock.advance(2 * minute)
      expect(await statusOf(url)).toBe(403)
    }))

  it('ends with the keys that signed it', () =>
    withBlob(async (_, at, locator) => {
      const expiration = new Date(at.server.clock.now().getTime() + 20 * minute)
      const keys = { accessKeyId, secretAccessKey }
      const temporary = at.open({ credentials: () => Promise.resolve({ ...keys, expiration }) })
      const { url, expiresAt } = await temporary.link(locator, { expiresInSeconds: 3600 })
      expect(endOf(url).getTime()).toBeLessThanOrEqual(expiration.getTime())
      expect(expiration.getTime() - expiresAt.getTime()).toBeLessThan(2000)
    }))

  it('says so where the keys are temporary and do not tell their end', () => {
    const session = { accessKeyId: 'ASIASESSION', secretAccessKey: 'secret', sessionToken: 'token' }
    return onEmulated(
      async (backend) => {
        const { locator } = await backend.put('blob', single(content))
        const { notice } = await backend.link(locator, { expiresInSeconds: 60 })
        expect(notice).toContain('ends with the session')
      },
      { credentials: session },
      { credentials: [session] },
    )
  })

  it('to what is not there is NOT_FOUND, and one for no time is INVALID_INPUT', () =>
    withBlob(async (backend, _, locator) => {
      const asked = { expiresInSeconds: 60 }
      await expect(backend.link(backend.locate('nothing')!, asked)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      for (const expiresInSeconds of [0, -1, 1.5, NaN]) {
        await expect(backend.link(locator, { expiresInSeconds })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      }
    }))

  it('to a cold object is COLD, and ends with the copy of one that was thawed', () =>
    withBlob(
      async (backend, { server }, locator) => {
        const asked = { expiresInSeconds: 6 * 86_400 }
        await expect(backend.link(locator, asked)).rejects.toMatchObject({ code: 'COLD' })
        await backend.retrieve(locator, { days: 1 })
        await expect(backend.link(locator, asked)).rejects.toMatchObject({ code: 'COLD' })
        server.clock.advance(5 * hour)
        const { expiresAt } = await backend.link(locator, asked)
        const { restore } = server.buckets.get(bucketName)!.current('a b/ü "x".tar.zst') as {
          restore?: { expiresAt?: Date }
        }
        const difference = restore!.expiresAt!.getTime() - expiresAt.getTime()
        expect(difference).toBeGreaterThanOrEqual(-1000)
        expect(difference).toBeLessThan(2000)
      },
      { storageClass: 'GLACIER' },
    ))
})
