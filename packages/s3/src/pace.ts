import { pauseFor } from '@bakthat/storage'

import type { S3Options } from './options.js'
import type { Throttle } from './throttle.js'

/** Takes bytes out of what the limit allows, and waits until they may go on their way. */
export async function pace(
  throttle: Throttle | undefined,
  { pause }: S3Options,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  const wait = throttle?.take(bytes) ?? 0
  if (wait > 0) await pauseFor(wait, signal, pause)
}
