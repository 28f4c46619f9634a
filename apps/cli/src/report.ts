import type { Failure } from './failure.js'
import type { Host } from './host.js'
import type { Outcome } from './outcome.js'
import { failureDocument, formatFailure } from './print/failure-text.js'
import { JsonText } from './print/json-text.js'
import { styleFor } from './print/style.js'
import type { Telling } from './telling.js'

/** Prints an outcome: results on standard output, what is amiss on standard error. */
export function reportOutcome(outcome: Outcome, host: Host, { json, quiet, color }: Telling): void {
  if (json) {
    const document = outcome.document()
    const pieces = document instanceof JsonText ? document.pieces : [jsonOf(document)]
    for (const piece of pieces) host.stdout.write(piece)
    return
  }
  const columns = host.stdout.isTTY === true ? host.stdout.columns : undefined
  const text = outcome.text(styleFor(host.stdout, host.env, color), columns)
  const style = styleFor(host.stderr, host.env, color)
  if (!quiet || text.isAnswer) host.stdout.write(text.result)
  for (const problem of text.problems) host.stderr.write(`${style.red('error:')} ${problem}\n`)
  if (quiet) return
  for (const warning of text.warnings) host.stderr.write(`${style.yellow('warning:')} ${warning}\n`)
  for (const note of text.notes) host.stderr.write(`${note}\n`)
}

/** Prints a failure, and gives its exit status. */
export function reportFailure(failure: Failure, host: Host, { json, debug, color }: Telling): number {
  if (json) host.stdout.write(jsonOf(failureDocument(failure)))
  const isBug = failure.code === 'UNEXPECTED'
  if (!json || isBug || debug)
    host.stderr.write(formatFailure(failure, isBug || debug, styleFor(host.stderr, host.env, color)))
  return failure.exitStatus
}

function jsonOf(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`
}
