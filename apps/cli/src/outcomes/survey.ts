import type { SurveyResult } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { details } from '../print/details.js'
import { formatCount, formatFiles } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'
import { statusOfWarnings, warningLines } from './warnings.js'

/** What a backup would hold, and what it would leave out. */
export function surveyOutcome(result: SurveyResult): Outcome {
  return {
    document: () => documentOf(result),
    text: (style) => ({
      ...answer(textOf(result, style), ['nothing was stored: run it without --dry-run']),
      ...warningLines(result.warnings),
    }),
    ...statusOfWarnings(result.warnings),
  }
}

function documentOf({
  name,
  files,
  entries,
  bytes,
  excludeFile,
  leftOut,
  moreLeftOut,
  warnings,
}: SurveyResult): object {
  return {
    name,
    files,
    entries,
    bytes,
    exclude_file: excludeFile,
    left_out: leftOut,
    more_left_out: moreLeftOut,
    warnings,
  }
}

function textOf({ name, files, bytes, leftOut, moreLeftOut }: SurveyResult, style: Style): string {
  const more = moreLeftOut === 0 ? '' : `and ${formatCount(moreLeftOut)} more\n`
  const lines = leftOut.map((one) => lineOf(one, style)).join('')
  const count = leftOut.length + moreLeftOut
  return (
    lines +
    more +
    details(`would back up ${style.bold(showControls(name))}`, [
      ['size', `${formatSize(bytes)} in ${formatFiles(files)}, before compression`],
      ['left out', count === 0 ? 'nothing' : formatCount(count)],
    ])
  )
}

function lineOf({ path, reason, pattern = '' }: SurveyResult['leftOut'][number], style: Style): string {
  const whys = {
    pattern: `by ${showControls(pattern)}`,
    cache: 'what is in this cache',
    'file system': 'another file system',
  }
  return `left out ${showControls(path)}  ${style.dim(whys[reason])}\n`
}
