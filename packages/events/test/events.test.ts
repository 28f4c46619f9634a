import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { isBakthatError } from '@bakthat/errors'
import {
  AbortAction,
  createEvents,
  eventNames,
  isAbortAction,
  type BackupData,
  type EventMap,
  type Log,
  type Pause,
} from '@bakthat/events'
import fc from 'fast-check'

const backup: BackupData = {
  id: 1,
  backend: 'local',
  container: '/store',
  backupDate: new Date('2026-03-18T12:00:00Z'),
  filename: 'photos',
  storedFilename: 'photos.20260318120000.tgz',
  size: 3,
  tags: ['family'],
  metadata: { files: 1 },
}
const before: EventMap['before_delete'] = { sessionId: 'session', backup }
const after: EventMap['on_delete'] = { sessionId: 'session', result: backup }

/** A log that keeps what it was told, as `level: message`. */
function keepingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const keep = (level: string) => (message: string) => void lines.push(`${level}: ${message}`)
  return { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }
}

/** A clock whose every pause is over at once. */
const impatient: Pause = () => Promise.resolve()

const never = (): Promise<never> => new Promise(() => undefined)

describe('handlers', () => {
  it('are given the event, and nothing of it that they could change for others', async () => {
    const events = createEvents()
    const seen: string[] = []
    events.on('on_delete', ({ result }) => {
      seen.push(result.tags.join())
      ;(result.tags as string[]).push('changed')
    })
    events.on('on_delete', ({ sessionId, result }) => seen.push(sessionId, ...result.tags))
    await events.tell('on_delete', after)
    expect(seen).toEqual(['family', 'session', 'family'])
    expect(backup.tags).toEqual(['family'])
  })

  it('are waited for, one after the other', async () => {
    const events = createEvents()
    const seen: number[] = []
    for (const turns of [3, 0, 1]) {
      events.on('before_delete', async () => {
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
        seen.push(turns)
      })
    }
    await events.before('before_delete', before)
    await events.tell('on_delete', after)
    expect(seen).toEqual([3, 0, 1])
  })

  it('are called in the order of their registration until they are taken away, each by itself', async () => {
    const step = fc.record({ handler: fc.nat(2), off: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const events = createEvents()
        const called: number[] = []
        const handlers = [0, 1, 2].map((index) => () => void called.push(index))
        const registered: { readonly index: number; readonly off: () => void }[] = []
        for (const { handler: index, off } of steps) {
          if (!off) registered.push({ index, off: events.on('on_delete', handlers[index]!) })
          else registered.splice(index % Math.max(registered.length, 1), 1)[0]?.off()
        }
        await events.tell('on_delete', after)
        expect(called).toEqual(registered.map(({ index }) => index))
      }),
    )
  })

  it('can be taken away twice, and while they are called', async () => {
    const events = createEvents()
    let calls = 0
    const off = events.on('on_delete', () => {
      calls++
      off()
      off()
    })
    events.on('on_delete', () => calls++)
    await events.tell('on_delete', after)
    await events.tell('on_delete', after)
    expect(calls).toBe(3)
  })

  it('of the parent come after the own ones', async () => {
    const parent = createEvents()
    const events = createEvents({ parent })
    const seen: string[] = []
    parent.on('on_delete', () => seen.push('parent'))
    events.on('on_delete', () => seen.push('own'))
    await events.tell('on_delete', after)
    await parent.tell('on_delete', after)
    expect(seen).toEqual(['own', 'parent', 'parent'])
  })
})

describe('a handler that fails', () => {
  it.each([
    ['throws', () => raise(new Error('boom'))],
    ['rejects', () => Promise.reject(new Error('boom'))],
  ])('because it %s is logged by the name of its plugin, and stops nothing', async (_, handler) => {
    const log = keepingLog()
    const events = createEvents({ log })
    const seen: string[] = []
    events.of('notify').on('before_delete', handler)
    events.of('notify').on('on_delete', handler)
    events.on('before_delete', () => seen.push('before'))
    events.on('on_delete', () => seen.push('on'))
    await events.before('before_delete', before)
    await events.tell('on_delete', after)
    expect(seen).toEqual(['before', 'on'])
    expect(log.lines).toEqual([
      'warn: the plugin notify failed in before_delete: boom',
      'warn: the plugin notify failed in on_delete: boom',
    ])
  })

  it('without a plugin, and with something that is no error, is logged too', async () => {
    const log = keepingLog()
    const events = createEvents({ log, parent: createEvents() })
    events.on('on_delete', () => raise('a word'))
    await events.tell('on_delete', after)
    expect(log.lines).toEqual(['warn: a handler failed in on_delete: a word'])
  })

  it('in progress is logged once and not called again', async () => {
    const log = keepingLog()
    const events = createEvents({ log })
    let calls = 0
    let good = 0
    events.on('progress', () => Promise.reject(new Error(`call ${++calls}`)))
    events.on('progress', () => good++)
    const tell = async (): Promise<void> => {
      events.progress({ sessionId: 'x', action: 'backup', phase: 'packing', current: 'a', files: 1, bytes: 2 })
      await new Promise(setImmediate)
    }
    await tell()
    await tell()
    expect({ calls, good, lines: log.lines }).toEqual({
      calls: 1,
      good: 2,
      lines: ['warn: a handler failed in progress: call 1'],
    })
  })

  it('is a warning of the process where there is no log', async () => {
    const script = `
      import { createEvents } from '@bakthat/events'
      const events = createEvents()
      events.on('on_error', () => { throw new Error('boom') })
      await events.tell('on_error', { sessionId: 'x', action: 'backup', error: { code: 'NO_SPACE', message: 'full' } })`
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(stdout).toBe('')
    expect(stderr).toMatch(/BakthatWarning: a handler failed in on_error: boom/)
  })
})

describe('a handler that hangs', () => {
  it('is given up after its time, told by its signal, and logged', async () => {
    const log = keepingLog()
    const paused: number[] = []
    const pause: Pause = (milliseconds) => {
      paused.push(milliseconds)
      return Promise.resolve()
    }
    const events = createEvents({ log, pause })
    const signals: AbortSignal[] = []
    events.of('slow').on('before_delete', (_, { signal }) => (signals.push(signal), never()), { timeoutSeconds: 5 })
    events.of('slower').on('on_delete', (_, { signal }) => (signals.push(signal), never()))
    await events.before('before_delete', before)
    await events.tell('on_delete', after)
    expect(paused).toEqual([5000, 30_000])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(log.lines).toEqual([
      'warn: the plugin slow failed in before_delete: it gave no answer within 5 s',
      'warn: the plugin slower failed in on_delete: it gave no answer within 30 s',
    ])
  })

  it.each([2_592_000, Infinity])('is waited for as long as it wants: %d s', async (timeoutSeconds) => {
    const events = createEvents()
    const later = async (): Promise<never> => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      throw new AbortAction('no')
    }
    events.on('before_delete', later, { timeoutSeconds })
    await expect(events.before('before_delete', before)).rejects.toMatchObject({ code: 'REFUSED' })
  })

  it.each([
    ['on_delet', () => undefined, {}],
    ['on_delete', 'no function', {}],
    ['on_delete', () => undefined, { timeoutSeconds: 0 }],
    ['on_delete', () => undefined, { timeoutSeconds: NaN }],
  ])('is refused where it could never be called: %j %j %j', (name, handler, options) => {
    const events = createEvents()
    expect(() => events.on(name as 'on_delete', handler as () => void, options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  })

  it('keeps no process alive where nobody waits for it', () => {
    const script = `import { createEvents } from ${JSON.stringify(import.meta.resolve('@bakthat/events'))}
      const events = createEvents()
      events.on('progress', () => new Promise(() => undefined))
      events.progress({ phase: 'packing' })`
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 })
  })

  it('keeps no timer running once it has answered', async () => {
    const stopped: boolean[] = []
    const events = createEvents({
      pause: (_, signal) => new Promise(() => signal.addEventListener('abort', () => stopped.push(true))),
    })
    events.on('on_delete', () => undefined)
    await events.tell('on_delete', after)
    expect(stopped).toEqual([true])
  })

  it('does not hold up who interrupts the action', async () => {
    const log = keepingLog()
    const events = createEvents({ log })
    const controller = new AbortController()
    let wasCalled = false
    events.on('before_delete', () => (controller.abort('a reason'), never()))
    events.on('before_delete', () => (wasCalled = true))
    const failure = await events.before('before_delete', before, controller.signal).catch((error: unknown) => error)
    expect(isBakthatError(failure, 'INTERRUPTED')).toBe(true)
    expect(failure).toMatchObject({ cause: 'a reason' })
    expect({ wasCalled, lines: log.lines }).toEqual({ wasCalled: false, lines: [] })
  })

  it('in progress does not hold up anything', () => {
    const events = createEvents({ pause: impatient, log: keepingLog() })
    events.on('progress', never)
    events.progress({ sessionId: 'x', action: 'backup', phase: 'packing', current: 'a', files: 1, bytes: 2 })
    expect(events.listeners('progress')).toHaveLength(1)
  })
})

describe('AbortAction', () => {
  it('stops the action before it begins, with its reason, and asks nobody else', async () => {
    const log = keepingLog()
    const events = createEvents({ log })
    let wasCalled = false
    events.of('office-hours').on('before_delete', () => raise(new AbortAction('not before six')))
    events.on('before_delete', () => (wasCalled = true))
    const failure = await events.before('before_delete', before).catch((error: unknown) => error)
    expect(isBakthatError(failure, 'REFUSED')).toBe(true)
    expect(failure).toMatchObject({ message: 'the plugin office-hours stopped the delete: not before six' })
    expect({ wasCalled, lines: log.lines }).toEqual({ wasCalled: false, lines: [] })
  })

  it('is recognised when it comes from another copy of the package', () => {
    const foreign = Object.assign(new Error('no'), { [Symbol.for('@bakthat/events/AbortAction')]: true })
    expect([foreign, new AbortAction('no'), new Error('no'), undefined].map(isAbortAction)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('comes too late after the action, and is logged as any failure', async () => {
    const log = keepingLog()
    const events = createEvents({ log })
    events.on('on_delete', () => raise(new AbortAction('too late')))
    await events.tell('on_delete', after)
    expect(log.lines).toEqual(['warn: a handler failed in on_delete: too late'])
  })
})

it('tells which events a plugin listens to', () => {
  const events = createEvents()
  events.of('timer').on('on_backup', () => undefined)
  const off = events.of('timer').on('before_backup', () => undefined)
  events.of('other').on('on_error', () => undefined)
  expect(events.listenedTo('timer')).toEqual(['before_backup', 'on_backup'])
  off()
  expect(events.listenedTo('timer')).toEqual(['on_backup'])
})

it('has the ten documented events, on_error and progress', () => {
  const actions = ['backup', 'restore', 'delete', 'delete_older_than', 'rotate_backups']
  const documented = actions.flatMap((action) => [`before_${action}`, `on_${action}`])
  expect(eventNames).toEqual([...documented, 'on_error', 'progress'])
})

it('gives each action a session id of its own: a UUID of version 4', () => {
  const events = createEvents()
  const ids = [events.newSession(), events.newSession()]
  expect(ids[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(ids[1]).not.toBe(ids[0])
})

function raise(error: unknown): never {
  throw error
}
