import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, jobs, migrate, read, remove, restore, verify, type Job } from '@bakthat/core'
import { openCatalog } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import { collect } from '@bakthat/storage'
import { coldBackend, memoryBackend, type ColdBackend } from '@bakthat/storage-testing'
import { altered, begun, describeTree, makeTree, testEngine, type TestEngine } from './engine.js'

const hour = 3_600_000

/** An engine on a cold store with a clock that is set by hand, and one backup in it. */
async function coldEngine(): Promise<
  TestEngine & { backend: ColdBackend; hours: (count: number) => void; to: string }
> {
  let now = begun
  const clock = (): Date => now
  const backend = coldBackend(memoryBackend({ now: clock }), { now: clock })
  const engine = await testEngine({ backend, now: clock, catalog: openCatalog({ path: ':memory:', now: clock }) })
  await backup(engine, await makeTree(join(engine.directory, 'site')))
  const hours = (count: number): void => void (now = new Date(now.getTime() + count * hour))
  return Object.assign(engine, { backend, hours, to: join(engine.directory, 'to') })
}

describe('restore of a cold backup', () => {
  it('asks for it once, says when to expect it, and gets it when run again later', async () => {
    await using engine = await coldEngine()
    const { to } = engine
    const refusal = { code: 'PENDING', message: expect.stringContaining('expected by 2026-03-18 17:00 UTC') }
    await expect(restore(engine, 'site', { to })).rejects.toMatchObject(refusal)
    engine.hours(2)
    await expect(restore(engine, 'site', { to })).rejects.toMatchObject(refusal)
    engine.hours(4)
    await restore(engine, 'site', { to })
    expect(await describeTree(join(to, 'site'))).toEqual(await describeTree(join(engine.directory, 'site')))
    expect(engine.backend.begun()).toBe(1)
    expect(await jobs(engine)).toEqual([])
  })

  it('carries on in another process, with the ticket that the catalog keeps', async () => {
    await using engine = await coldEngine()
    await expect(restore(engine, 'site', { to: engine.to })).rejects.toMatchObject({ code: 'PENDING' })
    engine.hours(6)
    await restore({ ...engine, backend: engine.backend.reopen() }, 'site', { to: engine.to })
    expect(engine.backend.begun()).toBe(1)
  })

  it('asks in the tier and for the days that it is told, and remembers the tier', async () => {
    await using engine = await coldEngine()
    const asked: unknown[] = []
    const watched = altered(engine.backend, {
      retrieve: (locator, options) => {
        asked.push(options)
        return engine.backend.retrieve(locator, options)
      },
    })
    const call = restore({ ...engine, backend: watched }, 'site', { to: engine.to, tier: 'bulk', days: 3 })
    await expect(call).rejects.toMatchObject({ code: 'PENDING' })
    expect(asked).toMatchObject([{ tier: 'bulk', days: 3 }])
    expect(await jobs(engine)).toMatchObject([{ tier: 'bulk', state: 'under way' }])
  })

  it('hastens what is under way where a faster tier is asked for, and else leaves it', async () => {
    await using engine = await coldEngine()
    const { to } = engine
    await expect(restore(engine, 'site', { to, tier: 'bulk' })).rejects.toMatchObject({ code: 'PENDING' })
    await expect(restore(engine, 'site', { to })).rejects.toMatchObject({ code: 'PENDING' })
    expect(engine.backend.begun()).toBe(1)
    const hastened = { code: 'PENDING', message: expect.stringContaining('expected by 2026-03-18 13:00 UTC') }
    await expect(restore(engine, 'site', { to, tier: 'expedited' })).rejects.toMatchObject(hastened)
    await expect(restore(engine, 'site', { to, tier: 'bulk' })).rejects.toMatchObject(hastened)
    expect(engine.backend.begun()).toBe(2)
    expect(await jobs(engine)).toMatchObject([{ tier: 'expedited', state: 'under way' }])
    engine.hours(1)
    await restore(engine, 'site', { to })
  })

  it('does not pay again for what lapsed, though a tier is named', async () => {
    await using engine = await coldEngine()
    const { to } = engine
    await expect(restore(engine, 'site', { to })).rejects.toMatchObject({ code: 'PENDING' })
    engine.hours(5 + 25)
    await expect(restore(engine, 'site', { to, tier: 'expedited' })).rejects.toMatchObject({ code: 'COLD' })
    expect(engine.backend.begun()).toBe(1)
  })

  it('does not pay again for what lapsed, unless it is told to', async () => {
    await using engine = await coldEngine()
    const { to } = engine
    await expect(restore(engine, 'site', { to })).rejects.toMatchObject({ code: 'PENDING' })
    engine.hours(5 + 25)
    const refusal = { code: 'COLD', hint: expect.stringContaining('--request-again') }
    await expect(restore(engine, 'site', { to })).rejects.toMatchObject(refusal)
    expect(engine.backend.begun()).toBe(1)
    await expect(restore(engine, 'site', { to, requestAgain: true })).rejects.toMatchObject({ code: 'PENDING' })
    expect(engine.backend.begun()).toBe(2)
    engine.hours(6)
    await restore(engine, 'site', { to })
    expect(engine.backend.begun()).toBe(2)
  })

  it('waits for it if told to, says so once, and asks no more than once a minute', async () => {
    await using engine = await coldEngine()
    const pauses: number[] = []
    const waited: Job[] = []
    const pause = (milliseconds: number): Promise<void> => {
      pauses.push(milliseconds)
      engine.hours(1)
      return Promise.resolve()
    }
    const options = { to: engine.to, wait: true, onWaiting: (job: Job) => waited.push(job) }
    const { files } = await restore({ ...engine, pause }, 'site', options)
    expect(files).toBe(3)
    expect(new Set(pauses)).toEqual(new Set([60_000]))
    expect(waited).toMatchObject([{ backup: { filename: 'site' }, expectedAt: new Date(begun.getTime() + 5 * hour) }])
  })

  it('loses nothing when the waiting is interrupted', async () => {
    await using engine = await coldEngine()
    const controller = new AbortController()
    const pause = (): Promise<void> => {
      controller.abort()
      return Promise.reject(new Error('aborted'))
    }
    const waiting = restore({ ...engine, pause }, 'site', { to: engine.to, wait: true, signal: controller.signal })
    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' })
    engine.hours(6)
    await restore(engine, 'site', { to: engine.to })
    expect(engine.backend.begun()).toBe(1)
  })
})

describe('restore of a cold backup that was fetched before', () => {
  const bulk = { tier: 'bulk', overwrite: true } as const

  /** Asked for, and restored half a day later. */
  async function fetchedOnce(): ReturnType<typeof coldEngine> {
    const engine = await coldEngine()
    await expect(restore(engine, 'site', { to: engine.to, ...bulk })).rejects.toMatchObject({ code: 'PENDING' })
    engine.hours(13)
    await restore(engine, 'site', { to: engine.to, ...bulk })
    return engine
  }

  it('gets it again, by whatever process, for as long as the store has it, and is no job any more', async () => {
    await using engine = await fetchedOnce()
    engine.hours(22)
    await restore({ ...engine, backend: engine.backend.reopen() }, 'site', { to: engine.to, ...bulk })
    await restore(engine, 'site', { to: join(engine.directory, 'part'), only: ['site/hello.txt'] })
    expect(engine.backend.begun()).toBe(1)
    expect(await jobs(engine)).toEqual([])
  })

  it('writes nothing more into the catalog for it', async () => {
    await using engine = await fetchedOnce()
    const before = engine.catalog.query('SELECT * FROM jobs')
    engine.hours(1)
    await restore(engine, 'site', { to: engine.to, ...bulk })
    expect(engine.catalog.query('SELECT * FROM jobs')).toEqual(before)
  })

  it('asks for it anew, as the first time, once the store has it no more', async () => {
    await using engine = await fetchedOnce()
    engine.hours(25)
    await expect(restore(engine, 'site', { to: engine.to, ...bulk })).rejects.toMatchObject({ code: 'PENDING' })
    expect(await jobs(engine)).toMatchObject([{ tier: 'bulk', state: 'under way' }])
    engine.hours(13)
    await restore(engine, 'site', { to: engine.to, ...bulk })
    expect(engine.backend.begun()).toBe(2)
  })

  it('does not pay again by itself for what was asked for anew and then lapsed', async () => {
    await using engine = await fetchedOnce()
    for (const code of ['PENDING', 'COLD']) {
      engine.hours(37)
      await expect(restore(engine, 'site', { to: engine.to, ...bulk })).rejects.toMatchObject({ code })
    }
    expect(engine.backend.begun()).toBe(2)
  })
})

describe('jobs', () => {
  it('tell how each retrieval stands: under way, ready until, lapsed, and gone', async () => {
    await using engine = await coldEngine()
    await expect(restore(engine, 'site', { to: engine.to })).rejects.toMatchObject({ code: 'PENDING' })
    expect(await jobs(engine)).toMatchObject([
      { state: 'under way', askedAt: expect.any(Date), expectedAt: new Date(begun.getTime() + 5 * hour) },
    ])
    engine.hours(6)
    expect(await jobs(engine)).toMatchObject([{ state: 'ready', readableUntil: new Date(begun.getTime() + 29 * hour) }])
    engine.hours(24)
    expect(await jobs(engine)).toMatchObject([{ state: 'lapsed' }])
    await engine.backend.remove(engine.catalog.newest()!.locator!)
    expect(await jobs(engine)).toMatchObject([{ state: 'gone' }])
    expect(engine.backend.begun()).toBe(1)
  })

  it.each([
    ['read as a stream', (engine: TestEngine) => collect(read(engine, 'site'), 1e7)],
    ['copied', (engine: TestEngine) => migrate(engine, { ...engine, backend: memoryBackend({ container: 'copies' }) })],
  ])('end when what was asked for was %s', async (_, fetch) => {
    await using engine = await coldEngine()
    await expect(restore(engine, 'site', { to: engine.to })).rejects.toMatchObject({ code: 'PENDING' })
    engine.hours(6)
    await fetch(engine)
    expect(await jobs(engine)).toEqual([])
  })

  it('end with their backup', async () => {
    await using engine = await coldEngine()
    await expect(restore(engine, 'site', { to: engine.to })).rejects.toMatchObject({ code: 'PENDING' })
    await remove(engine, 'site')
    expect(await jobs(engine)).toEqual([])
  })
})

describe('verify of a cold backup', () => {
  it('does not pay for it: it compares what the store says of its size', async () => {
    await using engine = await coldEngine()
    expect(await verify(engine)).toMatchObject([{ outcome: 'cold' }])
    const stat: ColdBackend['stat'] = async (locator) => {
      const answer = await engine.backend.stat(locator)
      return answer.state === 'pending' ? answer : { ...answer, value: { ...answer.value, size: 1 } }
    }
    expect(await verify({ ...engine, backend: altered(engine.backend, { stat }) })).toMatchObject([
      { outcome: 'damaged', problem: { code: 'INTEGRITY' } },
    ])
    expect(engine.backend.begun()).toBe(0)
  })

  it('reads it through while a copy that was asked for can be read', async () => {
    await using engine = await coldEngine()
    await expect(restore(engine, 'site', { to: engine.to })).rejects.toMatchObject({ code: 'PENDING' })
    expect(await verify(engine)).toMatchObject([{ outcome: 'cold' }])
    engine.hours(6)
    expect(await verify(engine)).toMatchObject([{ outcome: 'contents' }])
  })
})

it('the error of a store that is down is told as it is', async () => {
  await using engine = await coldEngine()
  const retrieve = (): Promise<never> => Promise.reject(new BakthatError('UNAVAILABLE', 'the store is down'))
  const down = { ...engine, backend: altered(engine.backend, { retrieve }) }
  for (const call of [restore(down, 'site', { to: engine.to }), verify(down)])
    await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})
