import type { Finding } from 'bakthat'
import { answer, someItemsFailed, type Outcome } from '../outcome.js'
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

/** Subject and what was found on one line, and below it what follows from it, in as many lines as it takes. */
function textOf(
  { subject, verdict, found, consequence }: Finding,
  subjectWidth: number,
  style: Style,
  width: number,
): string {
  const colour = { good: style.green, note: style.yellow, problem: style.red }[verdict]
  const indent = ' '.repeat(markWidth)
  const head = `${colour(pad(marks[verdict], markWidth))}${style.bold(pad(showControls(subject), subjectWidth))}  ${showControls(found)}`
  const lines = wrapped(showControls(consequence), Math.max(20, width - markWidth))
  return [head, ...lines.map((line) => indent + style.dim(line))].join('\n')
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Finding['verdict']): string =>
    formatCount(findings.filter((finding) => finding.verdict === verdict).length)
  return `${count('good')} good, ${count('note')} worth knowing, ${count('problem')} problems`
}
