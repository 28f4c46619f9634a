import { writeFileSync } from 'node:fs'

import { describe, expect, it } from '@jest/globals'

import { Child, outcomeOf } from './children/child.js'
import { add, backup, completion, Place } from './place.js'

/** Several processes that each write so many backups, beginning at one moment. */
async function writeTogether(place: Place, names: readonly string[], count: number): Promise<void> {
  const children = names.map((name) => new Child({ path: place.database, action: 'write', name, count }))
  await Promise.all(children.map((child) => child.said()))
  for (const child of children) child.go()
  expect(await Promise.all(children.map((child) => child.outcome()))).toEqual(names.map(() => ({})))
}

describe('two processes that write at once', () => {
  it('get all their rows in', async () => {
    using place = new Place()
    add(place.catalog())
    place.closeAll()
    await writeTogether(place, ['a', 'b'], 100)
    expect(place.catalog().find({ container: '/srv' })).toHaveLength(200)
  })

  it.each([1, 2])('may both make the file, and more may join in (%d)', async () => {
    using place = new Place()
    await writeTogether(place, ['a', 'b', 'c', 'd', 'e'], 4)
    expect(place.catalog().find()).toHaveLength(20)
  })

  it('cannot both have one stored name', async () => {
    using place = new Place()
    const instruction = { path: place.database, action: 'begin', name: 'same' } as const
    const outcomes = await Promise.all([outcomeOf(instruction), outcomeOf(instruction)])
    expect(outcomes.map(({ value, code }) => value ?? code).sort()).toEqual(['ALREADY_EXISTS', 'same'])
  })

  it('see what the other has written as soon as it is written', () => {
    using place = new Place()
    const [one, other] = [place.catalog(), place.catalog()]
    const { id } = one.begin(backup())
    expect(other.find({ status: ['pending'] })).toHaveLength(1)
    other.complete(id, completion)
    expect(one.find()).toHaveLength(1)
  })
})

describe('a process that is killed', () => {
  it('between begin and complete leaves its row pending, and a file that opens', async () => {
    using place = new Place()
    const child = new Child({ path: place.database, action: 'stall', name: 'begun', count: 3 })
    expect(await child.said()).toBe('stalled')
    await child.kill()
    const catalog = place.catalog()
    expect(catalog.find()).toEqual([])
    const pending = catalog.find({ status: ['pending'] })
    expect(pending.map((row) => row.storedFilename)).toEqual(['begun.0', 'begun.1', 'begun.2'])
    expect(catalog.complete(pending[0]!.id, completion)).toMatchObject({ status: 'complete' })
    catalog.discard(pending[1]!.id)
  })

  it('while writing loses nothing that it had been told is written', async () => {
    using place = new Place()
    const writer = new Child({ path: place.database, action: 'tell', name: 'w' })
    const told: unknown[] = []
    while (told.length < 50) told.push(await writer.said())
    await writer.kill()
    const found = place
      .catalog()
      .find({ status: ['pending'] })
      .map(({ storedFilename }) => storedFilename)
    expect(found.slice(0, told.length)).toEqual(told)
    expect(place.rows('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  })

  it('before it made any table leaves a file that is opened as a new one', () => {
    using place = new Place()
    writeFileSync(place.database, '')
    expect(add(place.catalog())).toMatchObject({ id: 1 })
  })
})
