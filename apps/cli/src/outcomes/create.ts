import type { ContainerMade } from 'bakthat'
import { report, type Outcome } from '../outcome.js'
import { showControls } from '../print/width.js'

/** A bucket that was made, or a directory that will be. */
export function createOutcome({ container, notices }: ContainerMade): Outcome {
  return {
    document: () => ({ container, notices }),
    text: (style) =>
      report(`ready for backups: ${style.bold(showControls(container))}\n`, { notes: notices.map(showControls) }),
  }
}
