import { pauseFor } from '@bakthat/storage'

import type { S3Options } from './options.js'
import type { Throttle } from './throttle.js'

/** Takes bytes out of what the limit allows, and waits until they may go on their way; `undefined` where they may at once. */
export function pace(
  throttle: Throttle | undefined,
  { pause }: S3Options,
  bytes: number,
  signal: AbortSignal,
): Promise<void> | undefined {
  const wait = throttle?.take(bytes) ?? 0
  return wait > 0 ? pauseFor(wait, signal, pause) : undefined
}
