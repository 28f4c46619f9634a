import { describe, expect, it } from '@jest/globals'
import type { BlobInfo } from '@bakthat/storage'
import { memoryBackend } from '@bakthat/storage-testing'

import { failuresOf, fixture, inOrder, listed, type Fault } from './broken.js'

const paid = 'says until when a blob is paid for, where there is a minimum of days'
const all = 'lists everything with name, size and locator, in the order of the bytes of names'
const asked = 'answers as its capabilities say: at once, or first with a ticket that any process can ask again with'

const faults: Readonly<Record<string, readonly [title: string, fault: Fault]>> = {
  'says nothing of what a blob costs when it has stored it': [
    paid,
    (inner) => ({
      put: async (...call) => unpaid(await inner.put(...call)),
    }),
  ],
  'lists blobs without saying until when they are paid for': [paid, listing(unpaid)],
  'lists blobs as if they were paid for already': [paid, listing((blob) => ({ ...blob, paidUntil: new Date(0) }))],
  'lists words of its own beside names': [all, listing((blob) => ({ ...blob, id: 'blob-1' }))],
  'says of a blob that it was stored at no time': [
    'says what stat says of it',
    (inner) => ({
      stat: async (...call) => {
        const answer = await inner.stat(...call)
        if (answer.state === 'pending') return answer
        return { state: 'ready', value: { ...answer.value, storedAt: new Date('then') } }
      },
    }),
  ],
  'gives a listing of now another moment': [
    asked,
    (inner) => ({
      list: async (options) => {
        const blobs = Object.assign(inOrder(await listed(inner, options)), { asOf: new Date(0) })
        return { state: 'ready', value: blobs }
      },
    }),
  ],
}

function unpaid<T extends BlobInfo>(blob: T): T {
  const unpaid = { ...blob }
  Reflect.deleteProperty(unpaid, 'paidUntil')
  return unpaid
}

function listing(told: (blob: BlobInfo) => BlobInfo): Fault {
  return (inner) => ({
    list: async (options) => ({ state: 'ready', value: inOrder((await listed(inner, options)).map(told)) }),
  })
}

describe('the suite, of what a backend says,', () => {
  it.each(Object.entries(faults).map(([what, [title, fault]]) => ({ what, title, fault })))(
    'catches a backend that $what',
    async ({ title, fault }) => {
      const inner = memoryBackend({ minimumStorageDays: 90 })
      expect(await failuresOf(() => fixture(fault, inner), title)).toEqual([title])
    },
  )
})
