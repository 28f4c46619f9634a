import picocolors from 'picocolors'
import type { Environment, Output } from '../host.js'

/** Colours and weights, or none of them. */
export type Style = ReturnType<typeof picocolors.createColors>

/** For where colours are in the way. */
export const plainStyle: Style = picocolors.createColors(false)

/** The style for a stream: none unless `color`, none with `NO_COLOR`, some with `FORCE_COLOR` (but 0), else some where it is a terminal. */
export function styleFor(output: Output, env: Environment, color = true): Style {
  return picocolors.createColors(color && isColoured(output, env))
}

function isColoured(output: Output, { NO_COLOR, FORCE_COLOR, TERM }: Environment): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return !['0', 'false'].includes(FORCE_COLOR)
  return output.isTTY === true && TERM !== 'dumb'
}
