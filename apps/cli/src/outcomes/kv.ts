import { answer, report, type Outcome } from '../outcome.js'
import { showControls } from '../print/width.js'

/** A key that has a value now. */
export function setOutcome(key: string, etag: string): Outcome {
  return { document: () => ({ key, etag }), text: () => report(`set ${showControls(key)}\n`) }
}

/** The value of a key: a text as it is, anything else as JSON. */
export function valueOutcome(
  key: string,
  { value, etag }: { readonly value: unknown; readonly etag: string },
): Outcome {
  return {
    document: () => ({ key, value, etag }),
    text: () => answer(`${typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)}\n`),
  }
}

/** A key that is gone. */
export function deletedOutcome(key: string): Outcome {
  return { document: () => ({ key }), text: () => report(`deleted ${showControls(key)}\n`) }
}

/** A link to the value of a key. */
export function urlOutcome(key: string, url: string): Outcome {
  return { document: () => ({ key, url }), text: () => answer(`${url}\n`) }
}

/** The keys there are. */
export function keysOutcome(keys: readonly string[]): Outcome {
  return { document: () => keys, text: () => answer(keys.map((key) => `${showControls(key)}\n`).join('')) }
}
