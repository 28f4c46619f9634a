import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import { eitherOf, unlessAborted, withAttempts, type Pause } from '@bakthat/storage'

const away = new BakthatError('UNAVAILABLE', 'away')
const interrupted: unknown = expect.objectContaining({ code: 'INTERRUPTED' })

/** Fails with these one after the other, and then succeeds; `count` says how often it was tried. */
function failing(...errors: Error[]): { count: number; attempt: () => Promise<string> } {
  const failures = [...errors]
  const tried = {
    count: 0,
    attempt: (): Promise<string> => {
      tried.count++
      const error = failures.shift()
      return error === undefined ? Promise.resolve('done') : Promise.reject(error)
    },
  }
  return tried
}

describe('withAttempts', () => {
  it('tries again after longer and longer pauses, none above 20 seconds', async () => {
    const pauses: number[] = []
    const pause: Pause = (milliseconds) => Promise.resolve(void pauses.push(milliseconds))
    const tried = failing(...Array<Error>(12).fill(away))
    expect(await withAttempts({ attempts: 13, pause }, undefined, tried.attempt)).toBe('done')
    expect(tried.count).toBe(13)
    for (const [index, pause] of pauses.entries()) expect(pause).toBeLessThanOrEqual(100 * 2 ** (index + 1))
    expect(Math.max(...pauses)).toBeLessThanOrEqual(20_000)
  })

  it('gives up after ten, or after as many as it was told, with the last failure', async () => {
    const pause: Pause = () => Promise.resolve()
    const ten = failing(...Array<Error>(10).fill(away))
    await expect(withAttempts({ pause }, undefined, ten.attempt)).rejects.toBe(away)
    expect(ten.count).toBe(10)
    const two = failing(away, away)
    await expect(withAttempts({ pause, attempts: 2 }, undefined, two.attempt)).rejects.toBe(away)
  })

  it('tries again after the failures that it was told, and no others', async () => {
    const pause: Pause = () => Promise.resolve()
    const damaged = new BakthatError('INTEGRITY', 'damaged')
    await expect(withAttempts({ pause }, undefined, failing(damaged).attempt)).rejects.toBe(damaged)
    expect(await withAttempts({ pause, codes: ['INTEGRITY'] }, undefined, failing(damaged).attempt)).toBe('done')
    const bug = new TypeError('bug')
    await expect(withAttempts({ pause }, undefined, failing(bug).attempt)).rejects.toBe(bug)
  })

  it('ends in the middle of a pause, and does not begin another attempt', async () => {
    const controller = new AbortController()
    const tried = failing(away)
    const pause: Pause = (_, signal) => {
      controller.abort()
      return Promise.reject(signal?.reason as Error)
    }
    await expect(withAttempts({ pause }, controller.signal, tried.attempt)).rejects.toEqual(interrupted)
    expect(tried.count).toBe(1)
  })

  it('pauses by the clock of the system, and wakes from it', async () => {
    const controller = new AbortController()
    const trying = withAttempts({ attempts: 1000 }, controller.signal, () => {
      queueMicrotask(() => {
        controller.abort()
      })
      return Promise.reject(away)
    })
    await expect(trying).rejects.toEqual(interrupted)
  })
})

describe('unlessAborted', () => {
  it('is the promise, as long as nobody interrupts', async () => {
    const { signal } = new AbortController()
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1)
    expect(await unlessAborted(Promise.resolve(1), undefined)).toBe(1)
    await expect(unlessAborted(Promise.reject(away), signal)).rejects.toBe(away)
  })

  it('does not wait for what hangs, and lets what fails later fail unheard', async () => {
    const controller = new AbortController()
    let fail: (error: Error) => void = () => undefined
    const hanging = new Promise<never>((_, reject) => (fail = reject))
    const waiting = unlessAborted(hanging, controller.signal)
    controller.abort()
    await expect(waiting).rejects.toEqual(interrupted)
    await expect(unlessAborted(new Promise(() => undefined), AbortSignal.abort())).rejects.toEqual(interrupted)
    fail(away)
  })
})

describe('eitherOf', () => {
  it('is aborted by its own reason or by that of the caller', () => {
    const [own, callers] = [new AbortController(), new AbortController()]
    const signals = [eitherOf(own.signal, undefined), eitherOf(own.signal, callers.signal)]
    callers.abort('by the caller')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
    own.abort('by itself')
    expect(signals.map(({ reason }) => reason as string)).toEqual(['by itself', 'by the caller'])
  })
})
