const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Lets `stop` come to its end before a signal ends the process, and `cleanUp` before `process.exit` does. The process then ends
 * by that signal, as it would have, unless the program handles it itself. Gives a function that takes all of it back.
 */
export function cleanUpOnSignals(stop: () => Promise<void>, cleanUp: () => void): () => void {
  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    await stop()
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
