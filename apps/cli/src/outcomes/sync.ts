import { shellWords } from '@bakthat/errors'
import type { Bakthat, OpenOptions } from 'bakthat'
import { report, someItemsFailed, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { formatCount } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import { shortened } from './shortened.js'

type SyncResult = Awaited<ReturnType<Bakthat['sync']>>
type Problem = SyncResult['problems'][number]

/** A catalog that tells what its destination holds; what mends it is to be done with the same settings. */
export function syncOutcome(result: SyncResult, thisHost: string, settings: OpenOptions): Outcome {
  const { added, changed, removed } = result
  const problems = result.problems.map((problem) => withSettings(problem, settings))
  return {
    document: () => ({
      added: added.map(backupDocument),
      changed: changed.map(backupDocument),
      removed: removed.map(backupDocument),
      problems,
    }),
    text: (style) => report(textOf(result, thisHost, style), { problems: shortened(problems.map(problemText)) }),
    exitStatus: problems.length > 0 ? someItemsFailed : 0,
  }
}

function textOf({ added, changed, removed }: SyncResult, thisHost: string, style: Style): string {
  const lines = [
    ...added.map(({ storedFilename, host }) => {
      const origin = host === undefined || host === thisHost ? '' : ` (made on ${showControls(host)})`
      return `${style.green('added')}    ${showControls(storedFilename)}${origin}`
    }),
    ...changed.map(({ storedFilename, metadata: { storage_class: storageClass } }) => {
      const place = typeof storageClass === 'string' ? showControls(storageClass) : 'the usual class'
      return `${style.cyan('changed')}  ${showControls(storedFilename)} (now in ${place})`
    }),
    ...removed.map(({ storedFilename }) => {
      return `${style.yellow('removed')}  ${showControls(storedFilename)} (no longer in the storage)`
    }),
    `${formatCount(added.length)} added, ${formatCount(changed.length)} changed, ${formatCount(removed.length)} removed`,
  ]
  return `${lines.join('\n')}\n`
}

function withSettings(problem: Problem, { config, profile }: OpenOptions): Problem {
  const options = Object.entries({ config, profile }).flatMap(([name, value]) => (value ? [`--${name}=${value}`] : []))
  const { message, remedy } = problem
  if (remedy === undefined || options.length === 0) return problem
  return { message, remedy: remedy.replace('bakthat', () => shellWords('bakthat', ...options)) }
}

function problemText({ message, remedy }: Problem): string {
  return showControls(remedy === undefined ? message : `${message}; mend it with: ${remedy}`)
}
