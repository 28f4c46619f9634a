import { createEvents, type EventBus } from '@bakthat/events'

/** Told of the actions of every opened instance, after the events of its own. */
export const events: EventBus = createEvents()
