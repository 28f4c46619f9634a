import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, deleteOlderThan, remove, restore, restoreFile, rotate, type Progress } from '@bakthat/core'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { AbortAction, createEvents, eventNames, type EventBus, type EventMap, type EventName } from '@bakthat/events'
import { altered, begun, makeTree, storedNames, testEngine } from './engine.js'

/** Events that keep what they tell, `progress` left out, with sessions named in order. */
function recorded(): EventBus & { readonly told: [EventName, unknown][] } {
  let sessions = 0
  const events = createEvents({ newSession: () => `session ${++sessions}` })
  const told: [EventName, unknown][] = []
  for (const name of eventNames.filter((each) => each !== 'progress'))
    events.on(name, (event) => void told.push([name, event]))
  return Object.assign(events, { told })
}

describe('an action', () => {
  it('is told before and after, with one session id and with its result', async () => {
    const events = recorded()
    await using engine = await testEngine({ events })
    const tree = await makeTree(join(engine.directory, 'photos'))
    const to = join(engine.directory, 'again')
    const made = await backup(engine, tree, { tags: ['family'] })
    const { backup: row } = await restore(engine, 'photos', { to })
    const removed = await remove(engine, 'photos')
    const place = { backend: engine.backend.scheme, container: engine.backend.container }
    expect(events.told).toEqual([
      ['before_backup', { sessionId: 'session 1', ...place, name: 'photos', path: tree, tags: ['family'] }],
      ['on_backup', { sessionId: 'session 1', result: made }],
      ['before_restore', { sessionId: 'session 2', backup: row, to }],
      ['on_restore', { sessionId: 'session 2', result: row, to }],
      ['before_delete', { sessionId: 'session 3', backup: row }],
      ['on_delete', { sessionId: 'session 3', result: removed }],
    ])
  })

  it('on an archive file is told without a backup', async () => {
    const events = recorded()
    await using engine = await testEngine({ events })
    const { directory } = engine
    await writeFile(join(directory, 'empty.tar'), Buffer.alloc(1024))
    const to = join(directory, 'to')
    await restoreFile(engine, join(directory, 'empty.tar'), { to })
    expect(events.told).toEqual([
      ['before_restore', { sessionId: 'session 1', to }],
      ['on_restore', { sessionId: 'session 1', result: undefined, to }],
    ])
  })

  it('that fails is told as an error of its session, whatever step it failed in', async () => {
    const events = recorded()
    await using engine = await testEngine({ events })
    const missing = join(engine.directory, 'missing')
    const broken = altered(engine.backend, { put: () => Promise.reject(new Error('a bug')) })
    const tree = await makeTree(join(engine.directory, 'photos'))
    await expect(backup(engine, missing)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(backup({ ...engine, backend: broken }, tree)).rejects.toThrow('a bug')
    const errors = events.told.filter(([name]) => name !== 'before_backup')
    expect(errors).toEqual([
      [
        'on_error',
        {
          sessionId: 'session 1',
          action: 'backup',
          name: 'missing',
          error: expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining(missing) }),
        },
      ],
      [
        'on_error',
        {
          sessionId: 'session 2',
          action: 'backup',
          name: 'photos',
          error: { code: 'UNEXPECTED', message: 'a bug' },
        },
      ],
    ])
  })

  it('that cannot begin, for what it is about is not there, is told as an error', async () => {
    const events = recorded()
    await using engine = await testEngine({ events })
    const tree = await makeTree(join(engine.directory, 'photos'))
    await backup(engine, tree)
    events.told.splice(0)
    for (const call of [
      backup(engine, ''),
      restore(engine, 'missing'),
      restore(engine, 'photos', { to: '' }),
      remove(engine, 'missing'),
    ])
      await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/NOT_FOUND|INVALID_INPUT/) })
    const told = events.told.map(([event, about]) => [event, about as EventMap['on_error']] as const)
    expect(told.map(([event, { action, name, error }]) => [event, action, name, error.code]).sort()).toEqual([
      ['on_error', 'backup', undefined, 'INVALID_INPUT'],
      ['on_error', 'delete', 'missing', 'NOT_FOUND'],
      ['on_error', 'restore', 'missing', 'NOT_FOUND'],
      ['on_error', 'restore', 'photos', 'INVALID_INPUT'],
    ])
  })

  it('that a handler refuses does not begin, and is told as refused', async () => {
    const events = recorded()
    events.on('before_backup', () => Promise.reject(new AbortAction('the disk is being checked')))
    await using engine = await testEngine({ events })
    const tree = await makeTree(join(engine.directory, 'photos'))
    const failure = await backup(engine, tree).catch((error: unknown) => error)
    expect(isBakthatError(failure, 'REFUSED')).toBe(true)
    expect(await storedNames(engine.backend)).toEqual([])
    expect(engine.catalog.find({ status: ['pending', 'complete'] })).toEqual([])
    expect(events.told.at(-1)).toMatchObject(['on_error', { error: { code: 'REFUSED' } }])
  })

  it('succeeds whatever its handlers do', async () => {
    const events = createEvents({ log: { ...console, warn: () => undefined } })
    for (const name of eventNames) events.on(name, () => Promise.reject(new Error('a bad plugin')))
    await using engine = await testEngine({ events })
    const tree = await makeTree(join(engine.directory, 'photos'))
    await backup(engine, tree)
    await restore(engine, 'photos', { to: join(engine.directory, 'again') })
    await remove(engine, 'photos')
  })

  it('tells its progress to the caller and to handlers alike', async () => {
    const events = createEvents()
    await using engine = await testEngine({ events })
    const tree = await makeTree(join(engine.directory, 'photos'))
    const [told, called]: [unknown[], Progress[]] = [[], []]
    events.on('progress', ({ action, phase, current, files, bytes, bytesTotal }) =>
      told.push({ action, phase, current, files, bytes, bytesTotal }),
    )
    await backup(engine, tree, { onProgress: (progress) => called.push(progress) })
    expect(called.length).toBeGreaterThan(0)
    expect(told).toEqual(called.map((progress) => ({ action: 'backup', ...progress })))
  })
})

describe('thinning backups out', () => {
  it('is told as one action, with the backups that are gone; a dry run is not told', async () => {
    const events = recorded()
    let day = 0
    await using engine = await testEngine({ events, now: () => new Date(begun.getTime() + day * 86_400_000) })
    const tree = await makeTree(join(engine.directory, 'photos'))
    await backup(engine, tree)
    day = 3
    await backup(engine, tree)
    events.told.splice(0)
    const options = { policy: { last: 1 } }
    await rotate(engine, 'photos', { ...options, dryRun: true })
    const { removed } = await rotate(engine, 'photos', options)
    await deleteOlderThan(engine, 'photos', '1D', { dryRun: true })
    await deleteOlderThan(engine, 'photos', '1D')
    const about = { backend: engine.backend.scheme, container: engine.backend.container, name: 'photos' }
    expect(removed).toHaveLength(1)
    expect(events.told).toEqual([
      ['before_rotate_backups', { sessionId: 'session 3', ...about }],
      ['on_rotate_backups', { sessionId: 'session 3', result: removed, deferred: [], failed: [] }],
      ['before_delete_older_than', { sessionId: 'session 4', ...about, interval: '1D' }],
      ['on_delete_older_than', { sessionId: 'session 4', result: [], deferred: [], failed: [] }],
    ])
  })

  it('is told with what goes later, and what could not be deleted', async () => {
    const events = recorded()
    let day = 0
    await using engine = await testEngine({ events, now: () => new Date(begun.getTime() + day * 86_400_000) })
    const tree = await makeTree(join(engine.directory, 'photos'))
    const names: string[] = []
    for (; day < 4; day++) names.push((await backup(engine, tree)).storedFilename)
    const backend = altered(engine.backend, {
      remove: async (locator, options) => {
        if (locator.includes(names[0]!)) throw new BakthatError('LOCKED', 'it is locked')
        if (locator.includes(names[1]!)) throw new BakthatError('UNAVAILABLE', 'it is busy')
        await engine.backend.remove(locator, options)
      },
    })
    const { removed, deferred, failed } = await rotate({ ...engine, backend }, 'photos', { policy: { last: 1 } })
    expect([removed, deferred, failed].map((each) => each.length)).toEqual([1, 1, 1])
    expect(events.told.at(-1)).toEqual([
      'on_rotate_backups',
      { sessionId: 'session 5', result: removed, deferred, failed },
    ])
  })
})
