import { failureOf, type Action, type EventBus, type EventMap } from '@bakthat/events'
import type { EngineContext } from './context.js'
import type { ActionOptions } from './contract.js'

/** Which action it is that an event belongs to. */
interface Session {
  readonly sessionId: string
}

/** What is told of an action before and after it. */
export interface Announcement<A extends Action, Outcome> {
  readonly action: A
  /** Of the backup that it is about, for those who count failures by name. */
  readonly name?: string | undefined
  readonly before: (session: Session) => EventMap[`before_${A}`]
  readonly after: (session: Session, outcome: Outcome) => EventMap[`on_${A}`]
}

/**
 * Acts between its two events, which carry one session id: `before_…`, whose handlers may stop it, and `on_…` with what came of
 * it, before this resolves. A failure, that stop included, is told by `on_error` instead. `act` is given the options with its
 * progress announced too. Without events in the context it just acts.
 */
export async function announced<A extends Action, Outcome, Options extends ActionOptions>(
  { events }: Pick<EngineContext, 'events'>,
  { action, name, before, after }: Announcement<A, Outcome>,
  options: Options,
  act: (options: Options) => Promise<Outcome>,
): Promise<Outcome> {
  if (events === undefined) return act(options)
  const session = { sessionId: events.newSession() }
  const onProgress: ActionOptions['onProgress'] = (progress) => {
    events.progress({ ...session, action, ...progress })
    options.onProgress?.(progress)
  }
  try {
    await events.before(`before_${action}`, before(session), options.signal)
    const outcome = await act({ ...options, onProgress })
    await events.tell(`on_${action}`, after(session, outcome))
    return outcome
  } catch (error) {
    await tellFailure(events, { ...session, action, name }, error)
    throw error
  }
}

/**
 * Does what an action needs before it begins, such as opening its destination: whoever listens for its failure hears of this one,
 * too, by `on_error`. Rejects with what `prepare` does. Without events in the context it just prepares.
 */
export async function begun<T>(
  { events }: Pick<EngineContext, 'events'>,
  about: { readonly action: Action; readonly name?: string | undefined },
  prepare: () => T | Promise<T>,
): Promise<T> {
  try {
    return await prepare()
  } catch (error) {
    if (events !== undefined) await tellFailure(events, { sessionId: events.newSession(), ...about }, error)
    throw error
  }
}

function tellFailure(
  events: EventBus,
  { name, ...about }: Session & { readonly action: Action; readonly name?: string | undefined },
  error: unknown,
): Promise<void> {
  return events.tell('on_error', { ...about, ...(name !== undefined && { name }), error: failureOf(error) })
}
