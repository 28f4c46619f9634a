import type { Finding } from 'bakthat'
import { answer, someItemsFailed, type Outcome } from '../outcome.js'
import { wrap } from '../print/page.js'
import { formatCount } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { displayWidth, pad, showControls } from '../print/width.js'

/** What was found out about a destination; a problem makes the exit status that of something that did not go well everywhere. */
export function doctorOutcome(findings: readonly Finding[]): Outcome {
  const problems = findings.filter(({ verdict }) => verdict === 'problem')
  return {
    document: () => findings,
    text: (style, width = 100) =>
      answer(
        `${findings.map((finding) => textOf(finding, widest(findings), style, width)).join('\n')}\n${summary(findings)}\n`,
      ),
    exitStatus: problems.length > 0 ? someItemsFailed : 0,
  }
}

function widest(findings: readonly Finding[]): number {
  return Math.max(...findings.map(({ subject }) => displayWidth(subject)))
}

const marks = { good: 'good', note: 'note', problem: 'PROBLEM' } as const
const markWidth = 9
const narrowest = 20

/** Subject and what was found, below it where there is no room, and then what follows from it, in as many lines as it takes. */
function textOf(
  { subject, verdict, found, consequence }: Finding,
  subjectWidth: number,
  style: Style,
  width: number,
): string {
  const colour = { good: style.green, note: style.yellow, problem: style.red }[verdict]
  const indent = ' '.repeat(markWidth)
  const [mark, named] = [colour(pad(marks[verdict], markWidth)), showControls(subject)]
  const left = markWidth + subjectWidth + 2
  const isNarrow = width - left < narrowest
  const [first = '', ...more] = wrap(showControls(found), Math.max(narrowest, width - (isNarrow ? markWidth : left)))
  const consequences = wrap(showControls(consequence), Math.max(narrowest, width - markWidth))
  return [
    ...(isNarrow
      ? [mark + style.bold(named), indent + first]
      : [`${mark}${style.bold(pad(named, subjectWidth))}  ${first}`]),
    ...more.map((line) => (isNarrow ? indent : ' '.repeat(left)) + line),
    ...consequences.map((line) => indent + style.dim(line)),
  ].join('\n')
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']): string =>
    formatCount(findings.filter((finding) => finding.verdict === verdict).length)
  const problems = count('problem')
  return `${count('good')} good, ${count('note')} worth knowing, ${problems} ${problems === '1' ? 'problem' : 'problems'}`
}
