import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import type { StorageBackend } from '@bakthat/storage'
import { coldBackend, memoryBackend, type Fixture } from '@bakthat/storage-testing'

import { broken, failuresOf, type Fault } from './broken.js'

const tiers = 'hastens what is under way, where it can, and begins nothing anew for a slower tier'
const lapsed = 'asks anew for what was thawed and is cold again, where it may, and else says that it is COLD'

const faults: Readonly<Record<string, readonly [title: string, fault: Fault]>> = {
  'begins again for a slower tier': [
    tiers,
    (inner) => ({
      retrieve: (locator, { ticket, ...options } = {}) =>
        inner.retrieve(locator, ticket !== undefined && options.tier === undefined ? { ...options, ticket } : options),
    }),
  ],
  'cannot be asked for something faster': [
    tiers,
    (inner) => ({
      retrieve: (locator, options = {}) => {
        if (options.ticket === undefined || options.tier !== 'expedited') return inner.retrieve(locator, options)
        return Promise.reject(new BakthatError('UNSUPPORTED', 'it is under way'))
      },
    }),
  ],
  'begins anew, unasked, what has lapsed': [
    lapsed,
    (inner) => ({
      retrieve: (locator, { begin = true, ...options } = {}) =>
        inner.retrieve(locator, { ...options, begin: begin || options.ticket !== undefined }),
    }),
  ],
  'gives the ticket of what has lapsed again': [
    lapsed,
    (inner) => ({
      retrieve: async (locator, options = {}) => {
        const answer = await inner.retrieve(locator, options)
        return answer.state === 'ready' ? answer : { ...answer, ticket: options.ticket ?? answer.ticket }
      },
    }),
  ],
  'tells another moment than a date': [
    'gives back a blob of 1 bytes, with its size and SHA-256',
    (inner) => ({
      retrieve: async (...call) => {
        const answer = await inner.retrieve(...call)
        return answer.state === 'ready' ? answer : { ...answer, expectedAt: new Date('in an hour') }
      },
    }),
  ],
  'keeps the tickets of stat to itself': [
    'lets another process ask again for what stat says, where that takes a ticket',
    (inner) => {
      const given = new Set<string>()
      return {
        stat: async (locator, { ticket, ...options } = {}) => {
          const isKnown = ticket !== undefined && given.has(ticket)
          const answer = await inner.stat(locator, isKnown ? { ...options, ticket } : options)
          if (answer.state === 'pending') given.add(answer.ticket)
          return answer
        },
      }
    },
  ],
}

function cold(fault: Fault): Fixture {
  let now = Date.parse('2026-03-18T12:00:00Z')
  const inner = coldBackend(memoryBackend(), { listing: 'deferred', now: () => new Date(now) })
  const open = (backend: StorageBackend): StorageBackend => broken(backend, fault)
  return {
    backend: open(inner),
    reopen: () => Promise.resolve(open(inner.reopen())),
    thaw: () =>
      Promise.resolve().then(() => {
        inner.thaw()
      }),
    lapse: () =>
      Promise.resolve().then(() => {
        now += 25 * 3_600_000
      }),
    leftovers: () => Promise.resolve([]),
    dispose: () => Promise.resolve(),
  }
}

describe('the suite, of what is cold,', () => {
  it('finds nothing wrong with a cold backend that keeps the contract', async () => {
    expect(await failuresOf(() => cold(() => ({})))).toEqual([])
  })

  it.each(Object.entries(faults).map(([what, [title, fault]]) => ({ what, title, fault })))(
    'catches a backend that $what',
    async ({ title, fault }) => {
      expect(await failuresOf(() => cold(fault), title)).toEqual([title])
    },
  )
})
