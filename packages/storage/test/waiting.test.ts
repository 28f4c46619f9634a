import { describe, expect, it } from '@jest/globals'
import { waitUntilReady, type Availability, type Ticket } from '@bakthat/storage'

/** A store that gives these answers one after the other, and what it was asked with. */
function store(...answers: Availability<string>[]): {
  asked: (Ticket | undefined)[]
  ask: (ticket: Ticket | undefined) => Promise<Availability<string>>
} {
  const asked: (Ticket | undefined)[] = []
  return {
    asked,
    ask: (ticket) => {
      asked.push(ticket)
      return Promise.resolve(answers.shift()!)
    },
  }
}

const ready = { state: 'ready', value: 'thawed' } as const
const pending = (ticket: Ticket): Availability<string> => ({ state: 'pending', ticket })

describe('waitUntilReady', () => {
  it('does not pause for what is ready at once', async () => {
    const pause = (): Promise<void> => Promise.reject(new Error('paused'))
    expect(await waitUntilReady(store(ready).ask, { pause })).toEqual(ready)
  })

  it('asks again with the last ticket, at the pace it was told', async () => {
    const { ask, asked } = store(pending('one'), pending('one'), pending('two'), ready)
    const pauses: number[] = []
    const remembered: Ticket[] = []
    const answer = await waitUntilReady(ask, {
      pause: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
      everySeconds: 7,
      onPending: ({ ticket }) => void remembered.push(ticket),
    })
    expect(answer).toEqual(ready)
    expect(asked).toEqual([undefined, 'one', 'one', 'two'])
    expect(pauses).toEqual([7000, 7000, 7000])
    expect(remembered).toEqual(['one', 'two'])
  })

  it('goes on with a ticket of an earlier process, without telling of it again', async () => {
    const { ask, asked } = store(pending('kept'), ready)
    const remembered: Ticket[] = []
    await waitUntilReady(ask, {
      pause: () => Promise.resolve(),
      ticket: 'kept',
      onPending: ({ ticket }) => void remembered.push(ticket),
    })
    expect(asked).toEqual(['kept', 'kept'])
    expect(remembered).toEqual([])
  })

  it('remembers the ticket before it pauses, and stops when it is told to', async () => {
    const controller = new AbortController()
    const steps: string[] = []
    const waiting = waitUntilReady(store(pending('one')).ask, {
      signal: controller.signal,
      onPending: () => void steps.push('remembered'),
      pause: (_, signal) => {
        steps.push('paused')
        controller.abort()
        return Promise.reject(signal?.reason as Error)
      },
    })
    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(steps).toEqual(['remembered', 'paused'])
  })

  it('passes on what the store and the clock reject with', async () => {
    const error = new Error('gone')
    const pause = (): Promise<void> => Promise.reject(error)
    await expect(waitUntilReady(() => Promise.reject(error), { pause })).rejects.toBe(error)
    await expect(waitUntilReady(store(pending('one')).ask, { pause })).rejects.toBe(error)
  })
})
