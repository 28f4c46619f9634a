/** What a message can be about. Each message is of one kind. */
export const messageKinds = ['failure', 'warning', 'success', 'rotation'] as const

/** `test`: none of them, and for every target. */
export type MessageKind = (typeof messageKinds)[number] | 'test'

/** The facts of a message, by the names that templates know them by. What does not apply to it is absent. */
export interface Facts {
  readonly event: MessageKind
  /** One line for people. */
  readonly title: string
  /** Some lines for people: all that matters of the rest. */
  readonly text: string
  /** When the message was made: ISO 8601, in UTC. */
  readonly time: string
  /** The machine that it comes from. */
  readonly host: string
  readonly action?: 'backup' | 'rotate_backups' | 'delete_older_than'
  /** Of the backup. */
  readonly name?: string
  readonly backend?: string
  readonly container?: string
  readonly stored_name?: string
  /** Bytes as stored. */
  readonly size?: number
  readonly files?: number
  /** How many files it lacks, or that changed while they were read. */
  readonly incomplete?: number
  /** Seconds, from the beginning to the end of the action. */
  readonly duration?: number
  /** How many backups a rotation removed, left for a later day, and could not remove. */
  readonly removed?: number
  readonly deferred?: number
  readonly failed?: number
  /** The code, message and hint of a failure. */
  readonly code?: string
  readonly error?: string
  readonly hint?: string
}

const names: Readonly<Record<keyof Facts, true>> = {
  event: true,
  title: true,
  text: true,
  time: true,
  host: true,
  action: true,
  name: true,
  backend: true,
  container: true,
  stored_name: true,
  size: true,
  files: true,
  incomplete: true,
  duration: true,
  removed: true,
  deferred: true,
  failed: true,
  code: true,
  error: true,
  hint: true,
}

/** The name of every fact. */
export const factNames = Object.keys(names) as readonly (keyof Facts)[]
