import { describe, expect, it } from '@jest/globals'

import { add, backup, Place } from './place.js'

const asked = '2026-03-18T12:00:00.900Z'
const expectedAt = new Date('2026-03-18T17:00:00Z')

describe('retrievals', () => {
  it('are remembered with the second in which they were asked for, by whatever process opens the file next', () => {
    using place = new Place()
    const { id } = add(place.catalog())
    place.catalog(asked).retrievals.remember(id, { ticket: 'job-1', tier: 'bulk', expectedAt })
    place.closeAll()
    const known = { backupId: id, ticket: 'job-1', tier: 'bulk', askedAt: new Date('2026-03-18T12:00:00Z'), expectedAt }
    expect(place.catalog().retrievals.of(id)).toStrictEqual(known)
    expect(place.catalog().retrievals.all()).toStrictEqual([known])
  })

  it('are one for each backup: the last', () => {
    using place = new Place()
    const { retrievals } = place.catalog()
    const { id } = add(place.catalog())
    retrievals.remember(id, { ticket: 'job-1', tier: 'bulk', expectedAt })
    retrievals.remember(id, { ticket: 'job-2' })
    expect(retrievals.all()).toStrictEqual([expect.objectContaining({ ticket: 'job-2' })])
    expect(retrievals.of(id)).not.toHaveProperty('tier')
  })

  it('are listed in the order in which they were asked for', () => {
    using place = new Place()
    const ids = ['a', 'b', 'c'].map((filename) => add(place.catalog(), { filename }).id)
    const days = ['2026-03-20', '2026-03-18', '2026-03-19']
    for (const [index, id] of ids.entries())
      place.catalog(`${days[index]}T00:00:00Z`).retrievals.remember(id, { ticket: days[index]! })
    expect(
      place
        .catalog()
        .retrievals.all()
        .map(({ ticket }) => ticket),
    ).toEqual([...days].sort())
  })

  it('keep their tickets once they were fetched, but are not under way any more', () => {
    using place = new Place()
    const { id } = add(place.catalog())
    place.catalog().retrievals.remember(id, { ticket: 'job-1' })
    for (let i = 0; i < 2; i++) place.catalog(asked).retrievals.markFetched(id)
    const fetchedAt = new Date('2026-03-18T12:00:00Z')
    expect(place.catalog().retrievals.of(id)).toMatchObject({ ticket: 'job-1', fetchedAt })
    expect(place.catalog().retrievals.all()).toEqual([])
    place.catalog().retrievals.remember(id, { ticket: 'job-2' })
    expect(place.catalog().retrievals.of(id)).not.toHaveProperty('fetchedAt')
    expect(place.catalog().retrievals.all()).toMatchObject([{ ticket: 'job-2' }])
  })

  it('are forgotten with their backup', () => {
    using place = new Place()
    const catalog = place.catalog()
    const [kept, gone] = ['a', 'b'].map((filename) => add(catalog, { filename }).id)
    for (const id of [kept!, gone!]) catalog.retrievals.remember(id, { ticket: `job-${id}` })
    catalog.markDeleted(gone!)
    catalog.retrievals.markFetched(gone!)
    expect(catalog.retrievals.all().map(({ backupId }) => backupId)).toEqual([kept])
    expect(place.rows('SELECT backup_id FROM jobs')).toEqual([{ backup_id: kept }])
  })

  it('of a backup that is not there are none', () => {
    using place = new Place()
    const { retrievals } = place.catalog()
    retrievals.remember(99, { ticket: 'job-1' })
    expect(retrievals.of(99)).toBeUndefined()
  })

  it('lie in the documented columns too', () => {
    using place = new Place()
    const { id, storedFilename } = add(place.catalog())
    place.catalog(asked).retrievals.remember(id, { ticket: 'job-1', tier: 'bulk', expectedAt })
    expect(place.rows('SELECT * FROM jobs')).toEqual([
      {
        id: 1,
        filename: storedFilename,
        job_id: 'job-1',
        backup_id: id,
        tier: 'bulk',
        asked_at: 1_773_835_200,
        expected_at: 1_773_853_200,
        fetched_at: null,
      },
    ])
  })
})

describe('describe', () => {
  const metadata = { storage_class: 'GLACIER', entries: 3 }

  it('replaces what is known of a backup, and nothing else', () => {
    using place = new Place()
    const row = add(place.catalog())
    const described = place.catalog(asked).describe(row.id, metadata)
    expect(described).toStrictEqual({ ...row, metadata, lastUpdated: new Date('2026-03-18T12:00:00Z') })
    expect(place.catalog().find()).toStrictEqual([described])
  })

  it('is nothing for a backup that is under way, and NOT_FOUND for one that is not there', () => {
    using place = new Place()
    const begun = place.catalog().begin(backup())
    expect(place.catalog().describe(begun.id, metadata)).toStrictEqual(begun)
    expect(() => place.catalog().describe(99, metadata)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })
})

describe('deferDeletion', () => {
  const until = new Date('2027-01-01T00:00:00Z')

  it('remembers until when, and leaves the backup listed', () => {
    using place = new Place()
    const row = add(place.catalog())
    const deferred = place.catalog(asked).deferDeletion(row.id, until)
    expect(deferred).toMatchObject({ id: row.id, status: 'complete', deleteAfter: until })
    expect(place.catalog().find()).toStrictEqual([deferred])
    expect(place.catalog().deferDeletion(row.id, until)).toMatchObject({ deleteAfter: until })
  })

  it('is over once the backup is deleted', () => {
    using place = new Place()
    const { id } = add(place.catalog())
    place.catalog().deferDeletion(id, until)
    expect(place.catalog().markDeleted(id)).not.toHaveProperty('deleteAfter')
    expect(place.catalog().deferDeletion(id, until)).not.toHaveProperty('deleteAfter')
  })

  it('is taken back by cancelDeletion', () => {
    using place = new Place()
    const { id } = add(place.catalog())
    place.catalog().deferDeletion(id, until)
    for (let i = 0; i < 2; i++) expect(place.catalog().cancelDeletion(id)).not.toHaveProperty('deleteAfter')
    expect(place.catalog().find()).toMatchObject([{ id, status: 'complete' }])
    expect(() => place.catalog().cancelDeletion(99)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })

  it('is nothing for a backup that is under way, and NOT_FOUND for one that is not there', () => {
    using place = new Place()
    const { id } = place.catalog().begin(backup())
    expect(place.catalog().deferDeletion(id, until)).not.toHaveProperty('deleteAfter')
    expect(() => place.catalog().deferDeletion(99, until)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })
})
