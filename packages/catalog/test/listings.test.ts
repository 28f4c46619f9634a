import { describe, expect, it } from '@jest/globals'

import { backup, Place } from './place.js'

const expectedAt = new Date('2026-03-18T17:00:00Z')

describe('listings that were asked for', () => {
  it('are remembered for their container, by whatever process opens the file next', () => {
    using place = new Place()
    place.catalog('2026-03-18T12:00:00.900Z').listings.remember('aws/one', { ticket: 'inventory job-1', expectedAt })
    place.closeAll()
    const { listings } = place.catalog()
    expect(listings.of('aws/one')).toStrictEqual({
      ticket: 'inventory job-1',
      askedAt: new Date('2026-03-18T12:00:00Z'),
      expectedAt,
    })
    expect(listings.of('aws/other')).toBeUndefined()
  })

  it('are one for each container: the last', () => {
    using place = new Place()
    const { listings } = place.catalog()
    listings.remember('aws/one', { ticket: 'inventory job-1', expectedAt })
    listings.remember('aws/one', { ticket: 'inventory job-2' })
    expect(listings.of('aws/one')).toMatchObject({ ticket: 'inventory job-2' })
    expect(listings.of('aws/one')).not.toHaveProperty('expectedAt')
  })

  it.each(['', '{', 'null', '7', '{"ticket":7,"askedAt":7}', '{"ticket":"inventory job-1"}'])(
    'are asked for anew where the row is damaged: %j',
    (value) => {
      using place = new Place()
      const { listings } = place.catalog()
      listings.remember('aws/one', { ticket: 'inventory job-1', expectedAt })
      place.sqlite().prepare('UPDATE config SET value = ?').run(value)
      expect(listings.of('aws/one')).toBeUndefined()
    },
  )
})

it('a rebuilt backup may lack the SHA-256 of what is stored', () => {
  using place = new Place()
  const rebuilt = { ...backup(), size: 7, locator: 'a/7', metadata: {} }
  expect(place.catalog().record(rebuilt)).not.toHaveProperty('sha256')
})
