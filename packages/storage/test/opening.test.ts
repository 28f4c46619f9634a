import { describe, expect, it } from '@jest/globals'
import { Opening } from '@bakthat/storage'

/** Counts how often it is opened; `failures` of these fail. */
function counting(failures = 0): { opening: Opening<number>; opened: () => number } {
  let count = 0
  const opening = new Opening(() => {
    count += 1
    return count <= failures ? Promise.reject(new Error(`failure ${count}`)) : Promise.resolve(count)
  })
  return { opening, opened: () => count }
}

describe('what is opened when it is first needed', () => {
  it('is shared by all who need it, and closed once', async () => {
    const { opening, opened } = counting()
    const closed: number[] = []
    const close = (one: number): unknown => closed.push(one)
    await opening.close(close)
    expect(opened()).toBe(0)
    expect(await Promise.all([opening.get(), opening.get()])).toEqual([1, 1])
    await opening.close(close)
    await opening.close(close)
    expect(closed).toEqual([1])
    expect(await opening.get()).toBe(2)
  })

  it('fails all who wait for it, is opened anew after that, and closes without the failure', async () => {
    const { opening } = counting(2)
    expect(await Promise.allSettled([opening.get(), opening.get()])).toMatchObject([
      { reason: { message: 'failure 1' } },
      { reason: { message: 'failure 1' } },
    ])
    const second = opening.get()
    await opening.close(() => {
      throw new Error('nothing is open')
    })
    await expect(second).rejects.toThrow('failure 2')
    expect(await opening.get()).toBe(3)
  })

  it('is closed also while it is being opened', async () => {
    const { opening } = counting()
    const closed: number[] = []
    const opened = opening.get()
    await opening.close((one) => closed.push(one))
    expect([await opened, closed]).toEqual([1, [1]])
  })

  it('rejects where closing it fails', async () => {
    const { opening } = counting()
    await opening.get()
    await expect(opening.close(() => Promise.reject(new Error('jammed')))).rejects.toThrow('jammed')
  })
})
