import { parseInterval } from '@bakthat/rotation'
import type { SimulateResult } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { formatCalendar } from '../print/calendar.js'
import { wrap } from '../print/page.js'
import { policyText } from '../print/policy-text.js'
import { formatCount } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { policyDocument, reasonDocument } from './thin-document.js'

/** What a policy would have kept of backups that nobody made. */
export function simulationOutcome(result: SimulateResult): Outcome {
  const { policy, span, every, keep, steps } = result
  return {
    document: () => ({
      policy: policyDocument(policy),
      span,
      every,
      keep: keep.map(({ backup, reasons }) => ({ date: backup.date, reasons: reasons.map(reasonDocument) })),
      steps,
    }),
    text: (style, columns) => answer(simulationText(result, style, columns)),
  }
}

/** The calendar, and what to know of it. */
export function simulationText(
  { policy, span, every, keep, steps }: SimulateResult,
  style: Style,
  columns = Infinity,
): string {
  const calendar = formatCalendar({ steps, keep, timeZone: policy.timeZone ?? 'UTC' }, style)
  const most = Math.max(...steps.map(({ kept }) => kept))
  return [
    ...wrap(`keeps ${policyText(policy)}`, columns).map(style.bold),
    ...wrap(
      `one every ${every} for ${span}: ${formatCount(steps.length)} made, ${formatCount(keep.length)} kept, never more than ${formatCount(most)}`,
      columns,
    ),
    '',
    calendar,
    ...growth({ span, every, steps }).flatMap((line) => wrap(line, columns)),
    '',
  ].join('\n')
}

const milestones = ['1D', '1W', '1M', '3M', '6M', '1Y', '2Y', '3Y', '5Y', '10Y'] as const

/** How many there are after a while. */
function growth({ span, every, steps }: Pick<SimulateResult, 'span' | 'every' | 'steps'>): readonly string[] {
  const apart = parseInterval(every)
  const reached = milestones.filter((time) => parseInterval(time) < parseInterval(span))
  const told = reached.flatMap((time) => {
    const step = steps[Math.floor(parseInterval(time) / apart)]
    return step === undefined ? [] : [`${formatCount(step.kept)} after ${time}`]
  })
  return told.length === 0 ? [] : [`kept: ${told.join(', ')}`]
}
