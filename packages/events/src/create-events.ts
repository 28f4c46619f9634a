import { BakthatError, interruption } from '@bakthat/errors'
import * as mitt from 'mitt'
import { eventNames, type BeforeEvent, type EventMap, type EventName } from './event-map.js'
import { isAbortAction } from './abort-action.js'
import type { EventBus, Events, EventsOptions } from './contract.js'
import { callListener, type Handler, type HandlerOptions, type Listener, type Pause } from './listener.js'
import { quietLog, type Log } from './log.js'
import { failureText, refusal } from './verdicts.js'

/**
 * Events with no handlers yet.
 *
 * @example
 * ```ts
 * import { createEvents } from '@bakthat/events'
 *
 * const events = createEvents({ log: console })
 * const off = events.on('on_delete', ({ sessionId, result }) => console.log(sessionId, result.storedFilename))
 * off()
 * ```
 */
export function createEvents(options: EventsOptions = {}): EventBus {
  return new MittEvents(options)
}

/** What mitt carries is a roll call: every handler's listener answers. Who calls them, and waits for them, is decided here. */
type RollCalls = { [Name in EventName]: (listener: Listener<Name>) => void }

/** mitt's types describe its CommonJS build, whose function is a property; Node takes the module, where it is the default. */
const createEmitter = mitt.default as unknown as typeof mitt.default.default

class MittEvents implements EventBus {
  readonly #emitter = createEmitter<RollCalls>()
  readonly #failedInProgress = new WeakSet<Listener<'progress'>>()
  readonly newSession: () => string
  readonly #log: Log
  readonly #parent: EventBus | undefined
  readonly #pause: Pause

  constructor({ log = quietLog, parent, pause = pauseFor, newSession = randomId }: EventsOptions) {
    this.newSession = () => newSession()
    this.#log = log
    this.#parent = parent
    this.#pause = pause
  }

  on<Name extends EventName>(name: Name, handler: Handler<Name>, options?: HandlerOptions): () => void {
    return this.#register(name, { handler, owner: undefined, ...options })
  }

  of(owner: string): Events {
    return { on: (name, handler, options) => this.#register(name, { handler, owner, ...options }) }
  }

  listenedTo(owner: string): readonly EventName[] {
    return eventNames.filter((name) => this.listeners(name).some((listener) => listener.owner === owner))
  }

  listeners<Name extends EventName>(name: Name): readonly Listener<Name>[] {
    const listeners: Listener<Name>[] = []
    const rollCall = (listener: Listener<Name>): unknown => listeners.push(listener)
    this.#emitter.emit(name, rollCall as RollCalls[Name])
    return [...listeners, ...(this.#parent?.listeners(name) ?? [])]
  }

  async before<Name extends BeforeEvent>(name: Name, event: EventMap[Name], signal?: AbortSignal): Promise<void> {
    for (const listener of this.listeners(name)) {
      try {
        await callListener(listener, event, this.#pause, signal)
      } catch (error) {
        if (isAbortAction(error)) throw refusal(name, listener.owner, error)
        if (signal?.aborted !== true) this.#report(name, listener, error)
      }
      if (signal?.aborted === true) throw interruption(signal)
    }
  }

  async tell<Name extends EventName>(name: Name, event: EventMap[Name]): Promise<void> {
    for (const listener of this.listeners(name)) {
      try {
        await callListener(listener, event, this.#pause)
      } catch (error) {
        this.#report(name, listener, error)
      }
    }
  }

  progress(event: EventMap['progress']): void {
    const unnoticed: Pause = (milliseconds, signal) => this.#pause(milliseconds, signal, false)
    for (const listener of this.listeners('progress')) {
      if (this.#failedInProgress.has(listener)) continue
      callListener(listener, event, unnoticed).catch((error: unknown) => {
        if (this.#failedInProgress.has(listener)) return
        this.#failedInProgress.add(listener)
        this.#report('progress', listener, error)
      })
    }
  }

  #register<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    check(name, listener)
    const answer = (rollCall: (listener: Listener<Name>) => void): void => rollCall(listener)
    this.#emitter.on(name, answer)
    return () => this.#emitter.off(name, answer)
  }

  #report<Name extends EventName>(name: Name, { owner }: Listener<Name>, error: unknown): void {
    this.#log.warn(failureText(name, owner, error))
  }
}

/** Callers in JavaScript have no compiler that tells them. */
function check(name: string, { handler, timeoutSeconds }: { handler: unknown; timeoutSeconds?: number }): void {
  if (!(eventNames as readonly string[]).includes(name))
    throw new BakthatError('INVALID_INPUT', `there is no event ${JSON.stringify(name)}`, {
      hint: `listen to one of: ${eventNames.join(', ')}`,
    })
  if (typeof handler !== 'function')
    throw new BakthatError('INVALID_INPUT', `the handler of ${name} is no function`, { hint: 'give a function' })
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0))
    throw new BakthatError('INVALID_INPUT', `nobody can wait ${timeoutSeconds} s for a handler of ${name}`, {
      hint: 'give timeoutSeconds as a number of more than 0',
    })
}

// Both load what they need when they are called: most commands announce nothing, and are to start quickly.

function randomId(): string {
  return globalThis.crypto.randomUUID()
}

async function pauseFor(milliseconds: number, signal: AbortSignal, ref = true): Promise<void> {
  const timers = await import('node:timers/promises')
  await timers.setTimeout(milliseconds, undefined, { signal, ref })
}
