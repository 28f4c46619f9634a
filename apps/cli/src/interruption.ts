import type { Host, StopSignal } from './host.js'

const exitStatuses: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/** How a run is stopped: the first signal asks it to, the second ends the process at once, unless it is SIGHUP. */
export interface Interruption extends Disposable {
  readonly signal: AbortSignal
  /** The exit status of the signal that came; `undefined` if none did. */
  readonly exitStatus: number | undefined
}

/** Listens for signals until it is disposed of. */
export function listenForSignals(host: Host, onFirst: () => void): Interruption {
  const controller = new AbortController()
  let exitStatus: number | undefined
  const stopListening = host.onSignal((signal) => {
    if (exitStatus !== undefined) {
      // Of a terminal that is closed both the system and the shell tell.
      if (signal !== 'SIGHUP') host.exit(exitStatuses[signal])
      return
    }
    exitStatus = exitStatuses[signal]
    onFirst()
    controller.abort()
  })
  return {
    signal: controller.signal,
    get exitStatus() {
      return exitStatus
    },
    [Symbol.dispose]: stopListening,
  }
}
