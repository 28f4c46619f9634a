const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Lets `cleanUp` run before a signal, or `process.exit`, ends the process. A signal first aborts what is under way and waits for
 * it; then the process ends by that signal, as it would have, unless the program handles it itself. Gives a function that
 * takes all of it back.
 */
export function cleanUpOnSignals(stop: () => Promise<unknown>, cleanUp: () => void): () => void {
  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    await stop()
    cleanUp()
    takeBack()
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  const onExit = (): void => cleanUp()
  const takeBack = (): void => {
    for (const signal of signals) process.off(signal, listener)
    process.off('exit', onExit)
  }
  const listener = (signal: NodeJS.Signals): void => void onSignal(signal)
  for (const signal of signals) process.on(signal, listener)
  process.on('exit', onExit)
  return takeBack
}
