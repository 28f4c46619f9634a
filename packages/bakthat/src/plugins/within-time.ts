import { setTimeout as delay } from 'node:timers/promises'

/** Waits for what a plugin does, but no longer than so many seconds; then it rejects, and the plugin is left to itself. */
export async function withinTime<T>(seconds: number, work: () => T | Promise<T>): Promise<T> {
  const settled = new AbortController()
  const timeout = delay(seconds * 1000, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`it did not come to an end within ${seconds} s`)
  })
  timeout.catch(() => undefined)
  try {
    return await Promise.race([work(), timeout])
  } finally {
    settled.abort()
  }
}
