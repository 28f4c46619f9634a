import { setMaxListeners } from 'node:events'

/** Requests to a store at the same time: enough to hide how long each takes, few enough for any server. */
const together = 16

/**
 * Does something with every item, several at a time, and answers in the order of the items. After a failure nothing more is
 * begun, and the first one is thrown once nothing is under way any more. `signal`: that all of them listen to.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  // Node would take so many listeners for a leak.
  if (signal !== undefined) setMaxListeners(0, signal)
  const results: R[] = []
  const failures: unknown[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++
      try {
        results[index] = await act(items[index]!)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: together }, work))
  if (failures.length > 0) throw failures[0]
  return results
}
