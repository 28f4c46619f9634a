import type { BeforeEvent, EventMap, EventName } from './event-map.js'
import type { Handler, HandlerOptions, Listener, Pause } from './listener.js'
import type { Log } from './log.js'

/** Where handlers are registered. */
export interface Events {
  /**
   * Calls the handler on every such event from now on, until the returned function is called. Handlers are called in the order
   * of their registration, and each is waited for before the next one is called; those of `progress` are not waited for.
   *
   * What a handler throws is logged, with its plugin's name, and breaks nothing; but an `AbortAction` out of a `before_` event
   * stops the action. A handler of `progress` that failed is not called again. `INVALID_INPUT` for an event that there is not,
   * a handler that is no function, and a time of no length.
   */
  on<Name extends EventName>(name: Name, handler: Handler<Name>, options?: HandlerOptions): () => void
}

/** Events, and the side that announces them. */
export interface EventBus extends Events {
  /** The same events for the handlers of a plugin, which go by its name in logs. */
  of(plugin: string): Events
  /** The events that this plugin has a handler of. */
  listenedTo(plugin: string): readonly EventName[]
  /** Those who are called on an event, in order. */
  listeners<Name extends EventName>(name: Name): readonly Listener<Name>[]
  /** An id for the next action: a UUID, version 4. */
  newSession(): string
  /**
   * Asks all handlers before an action. Rejects with `REFUSED` as soon as one throws an `AbortAction`, and with `INTERRUPTED` as
   * soon as the signal is aborted; the rest is not called then.
   */
  before<Name extends BeforeEvent>(name: Name, event: EventMap[Name], signal?: AbortSignal): Promise<void>
  /** Tells all handlers, and waits for them. Never rejects. */
  tell<Name extends EventName>(name: Name, event: EventMap[Name]): Promise<void>
  /** Tells how far an action is, and waits for nobody. Never throws. */
  progress(event: EventMap['progress']): void
}

export interface EventsOptions {
  /** Told when a handler fails. Default: a warning of the process. */
  readonly log?: Log
  /** Events whose handlers are called too, after those of these. */
  readonly parent?: EventBus
  /** Default: a random UUID, version 4. */
  readonly newSession?: () => string
  /** For measuring how long a handler takes. Default: the process's timers. */
  readonly pause?: Pause
}
