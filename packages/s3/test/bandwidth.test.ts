import { describe, expect, it } from '@jest/globals'
import { internalError } from '@bakthat/emulator/s3'
import type { S3Options } from '@bakthat/s3'

import { inChunks, mebibyte, noise, read } from './bytes.js'
import { onEmulated } from './emulated.js'

/** Time that passes only while somebody waits, for all who wait at once. */
class Time {
  #now = 0

  readonly options: Pick<S3Options, 'now' | 'pause' | 'bandwidthLimit'> = {
    bandwidthLimit: mebibyte,
    now: () => new Date(this.#now),
    pause: async (milliseconds) => {
      const until = this.#now + milliseconds
      await Promise.resolve()
      this.#now = Math.max(this.#now, until)
    },
  }

  get seconds(): number {
    return this.#now / 1000
  }
}

describe('a limit of 1 MiB a second', () => {
  it.each([1, 20])(
    'lets %i MiB up in as many seconds, however many parts are on their way, and down again',
    async (size) => {
      const time = new Time()
      const content = noise(size * mebibyte)
      await onEmulated(async (backend) => {
        const { locator } = await backend.put('blob', inChunks(content))
        expect(time.seconds).toBeGreaterThan(size - 0.3)
        expect(time.seconds).toBeLessThan(size + 0.5)
        const before = time.seconds
        expect((await read(backend, locator)).equals(content)).toBe(true)
        expect(time.seconds - before).toBeGreaterThan(size - 0.3)
        expect(time.seconds - before).toBeLessThan(size + 0.5)
      }, time.options)
    },
  )

  it('holds for two uploads of one backend together', async () => {
    const time = new Time()
    await onEmulated(async (backend) => {
      await Promise.all(['one', 'other'].map((name) => backend.put(name, inChunks(noise(9 * mebibyte)))))
      expect(time.seconds).toBeGreaterThan(17.5)
    }, time.options)
  })

  it('lets a part be sent again as often as it takes', async () => {
    const time = new Time()
    await onEmulated(async (backend, { server }) => {
      server.faults.add({ operation: 'UploadPart', times: 4 }, internalError)
      server.faults.add({ operation: 'PutObject', times: 20 }, { reset: { afterBytes: 1 } })
      const content = noise(9 * mebibyte)
      const { locator } = await backend.put('blob', inChunks(content))
      await backend.put('small', inChunks(noise(100)))
      expect((await read(backend, locator)).equals(content)).toBe(true)
    }, time.options)
  })

  it('ends at once when it is interrupted', async () => {
    const controller = new AbortController()
    const pause = (): Promise<void> => {
      controller.abort()
      return Promise.reject(new Error('the timer was stopped'))
    }
    await onEmulated(
      async (backend) => {
        const put = backend.put('blob', inChunks(noise(9 * mebibyte)), { signal: controller.signal })
        await expect(put).rejects.toMatchObject({ code: 'INTERRUPTED' })
      },
      { bandwidthLimit: 1000, pause },
    )
  })
})
