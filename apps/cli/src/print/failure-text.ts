import type { Failure } from '../failure.js'
import type { Style } from './style.js'
import { showControls } from './width.js'

/** A failure for people: what failed, and what to do next, if wanted after its trace. Stopping is none: somebody asked for it. */
export function formatFailure({ code, message, hint, trace }: Failure, isTraced: boolean, style: Style): string {
  if (code === 'INTERRUPTED') return `${indent(message)}\n`
  const said = isTraced && trace !== undefined ? `${trace}\n\n` : ''
  const advice = hint === undefined ? '' : `  ${style.cyan('hint:')} ${indent(hint)}\n`
  return `${said}${style.red('error:')} ${indent(message)}\n${advice}`
}

/** Lines after the first stand under it. */
function indent(text: string): string {
  return text.trimEnd().split('\n').map(showControls).join('\n  ')
}

/** A failure as its JSON document. */
export function failureDocument({ code, message, hint, exitStatus }: Failure): object {
  return { error: { code, message, hint, exit_code: exitStatus } }
}
