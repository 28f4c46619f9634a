import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'

import { failuresOf, fixture, type Fault } from './broken.js'

const named = 'keeps a name as it is: combining characters'

const faults: Readonly<Record<string, readonly [title: string, fault: Fault]>> = {
  'locates another blob than it puts': [named, (inner) => ({ locate: (name) => inner.locate(name.normalize('NFC')) })],
  'says another name than it was given': [
    named,
    (inner) => ({
      stat: async (...call) => {
        const answer = await inner.stat(...call)
        if (answer.state === 'pending') return answer
        return { state: 'ready', value: { ...answer.value, name: answer.value.name.normalize('NFC') } }
      },
    }),
  ],
}

describe('the suite, of names and of closing,', () => {
  it.each(Object.entries(faults).map(([what, [title, fault]]) => ({ what, title, fault })))(
    'catches a backend that $what',
    async ({ title, fault }) => {
      expect(await failuresOf(() => fixture(fault), title)).toEqual([title])
    },
  )

  it('catches a backend that closes for all that are open', async () => {
    const title = 'takes nothing from others when it is closed'
    const sharing = (): ReturnType<typeof fixture> => {
      let isClosed = false
      return fixture((inner) => ({
        close: () => {
          isClosed = true
          return inner.close()
        },
        retrieve: (...call) =>
          isClosed ? Promise.reject(new BakthatError('UNAVAILABLE', 'it was closed')) : inner.retrieve(...call),
      }))
    }
    expect(await failuresOf(sharing, title)).toEqual([title])
  })
})
