export { AbortAction, isAbortAction } from './abort-action.js'
export type { EventBus, Events, EventsOptions } from './contract.js'
export { createEvents } from './create-events.js'
export {
  eventNames,
  type Action,
  type ActionProgress,
  type BackupData,
  type BeforeEvent,
  type DeletedBackup,
  type EventMap,
  type EventName,
  type FinishedBackup,
  type Json,
  type Place,
  type ThinnedBackups,
} from './event-map.js'
export { failureOf, type Failure } from './failure.js'
export type { Handler, HandlerOptions, Listener, Pause } from './listener.js'
export { quietLog, type Log } from './log.js'
