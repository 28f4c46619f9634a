import type { ActionOptions, Bakthat, OpenOptions } from 'bakthat'
import type { Environment, Host } from './host.js'
import type { Questions } from './questions.js'

/** What a command is given beside its options. */
export interface Context {
  readonly env: Environment
  /** Opens standard input, for a command that takes it for what it was called for. A person at a terminal is told of it. */
  readonly stdin: () => Host['stdin']
  /** Writes a stream to standard output, instead of a report: `INVALID_INPUT` where that is to be one JSON document. */
  readonly writeOut: (bytes: AsyncIterable<Uint8Array>) => Promise<void>
  /** Whether one JSON document is what is to be printed. */
  readonly isForPrograms: boolean
  readonly questions: Questions
  /** The signal, progress and notices that every long call of the library takes. */
  readonly action: Required<ActionOptions>
  /** Opens the library with these settings, lets `act` use it, and closes it. */
  readonly withBakthat: <T>(settings: OpenOptions, act: (bakthat: Bakthat) => Promise<T>) => Promise<T>
}
