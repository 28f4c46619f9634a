import { describe, expect, it } from '@jest/globals'
import { deleteOlderThan } from '@bakthat/core'
import { testEngine } from './engine.js'
import { daysOf, march } from './stored.js'

describe('deleting by age', () => {
  it('removes what is older than the interval, of that name alone', async () => {
    await using engine = await testEngine()
    for (const name of ['site', 'site-db']) await march(engine, name, 10, 18)
    const { interval, removed } = await deleteOlderThan(engine, 'site', '2D12h')
    expect({ interval, removed: removed.map((row) => row.backupDate.getUTCDate()) }).toEqual({
      interval: '2D12h',
      removed: [10, 11, 12, 13, 14, 15],
    })
    expect([daysOf(engine, 'site'), daysOf(engine, 'site-db').length]).toEqual([[16, 17, 18], 9])
  })

  it('keeps the newest, unless nothing may be left', async () => {
    await using engine = await testEngine({ now: () => new Date('2027-01-01T00:00:00Z') })
    await march(engine, 'site', 10, 18)
    await deleteOlderThan(engine, 'site', '1M')
    expect(daysOf(engine, 'site')).toEqual([18])
    await deleteOlderThan(engine, 'site', '1M', { allowEmpty: true })
    expect(daysOf(engine, 'site')).toEqual([])
  })

  it('plans the same in a dry run, and touches nothing', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    const { remove, removed } = await deleteOlderThan(engine, 'site', '7D', { dryRun: true })
    expect([remove.length, removed.length, daysOf(engine, 'site').length]).toEqual([2, 0, 9])
  })

  it.each(['', ' ', '0D', '7', '7d', 'D', '-7D', '7D ', undefined])('refuses the interval %j', async (interval) => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    const call = deleteOlderThan(engine, 'site', interval as string, { allowEmpty: true })
    await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(daysOf(engine, 'site')).toHaveLength(9)
  })

  it('of a name that there is not is NOT_FOUND', async () => {
    await using engine = await testEngine()
    await march(engine, 'site', 10, 18)
    await expect(deleteOlderThan(engine, 'sit', '1D')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
