import type { Bakthat } from 'bakthat'
import { report, someItemsFailed, type Outcome } from '../outcome.js'
import { backupDocument } from '../print/backup-document.js'
import { formatCount } from '../print/quantities.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import { shortened } from './shortened.js'

type SyncResult = Awaited<ReturnType<Bakthat['sync']>>

/** A catalog that tells what its destination holds. */
export function syncOutcome(result: SyncResult): Outcome {
  const { added, removed, problems } = result
  return {
    document: () => ({ added: added.map(backupDocument), removed: removed.map(backupDocument), problems }),
    text: (style) => report(textOf(result, style), { problems: shortened(problems.map(problemText)) }),
    exitStatus: problems.length > 0 ? someItemsFailed : 0,
  }
}

function textOf({ added, removed }: SyncResult, style: Style): string {
  const lines = [
    ...added.map(({ storedFilename }) => `${style.green('added')}    ${showControls(storedFilename)}`),
    ...removed.map(({ storedFilename }) => `${style.yellow('removed')}  ${showControls(storedFilename)}`),
    `${formatCount(added.length)} added, ${formatCount(removed.length)} removed`,
  ]
  return `${lines.join('\n')}\n`
}

function problemText({ message, remedy }: SyncResult['problems'][number]): string {
  return showControls(remedy === undefined ? message : `${message}; mend it with: ${remedy}`)
}
