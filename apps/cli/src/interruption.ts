import type { Host, StopSignal } from './host.js'

const exitStatuses: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/** A signal that comes again so soon is the same one: npm passes on what the terminal sent already, and timeout sends it twice. */
const echoMs = 250

/** How a run is stopped: the first signal asks it to, a second one that is meant ends the process at once. */
export interface Interruption extends Disposable {
  readonly signal: AbortSignal
  /** The exit status of the signal that came; `undefined` if none did. */
  readonly exitStatus: number | undefined
}

/** Listens for signals until it is disposed of. */
export function listenForSignals(host: Host, onFirst: () => void): Interruption {
  const controller = new AbortController()
  let first: { readonly signal: StopSignal; readonly at: number } | undefined
  const stopListening = host.onSignal((signal) => {
    if (first !== undefined) {
      // Of a terminal that is closed both the system and the shell tell.
      const isEcho = signal === 'SIGHUP' || (signal === first.signal && host.now() - first.at <= echoMs)
      if (!isEcho) host.exit(exitStatuses[signal])
      return
    }
    first = { signal, at: host.now() }
    onFirst()
    controller.abort()
  })
  return {
    signal: controller.signal,
    get exitStatus() {
      return first && exitStatuses[first.signal]
    },
    [Symbol.dispose]: stopListening,
  }
}
