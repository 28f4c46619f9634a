import { shellWords } from '@bakthat/errors'
import type { WrittenProfile } from '@bakthat/config'
import type { SimulateResult } from 'bakthat'
import { report, type Outcome } from '../outcome.js'
import { showControls } from '../print/width.js'
import { simulationText } from './simulation.js'
import { policyDocument } from './thin-document.js'

interface Saved extends WrittenProfile {
  readonly simulation: SimulateResult
  /** Whether there was no such profile before. */
  readonly isNewProfile: boolean
  /** Whether a person has seen what it comes to already. */
  readonly isSeen: boolean
}

/** A rotation that was saved, and what a year of daily backups would come to. */
export function rotationSavedOutcome({ path, profile, isNew, isNewProfile, simulation, isSeen }: Saved): Outcome {
  const option = profile === 'default' ? '' : ` -p ${showControls(shellWords(profile))}`
  return {
    document: () => ({
      path,
      profile,
      is_new: isNew,
      policy: policyDocument(simulation.policy),
      kept_after_a_year: simulation.keep.length,
    }),
    text: (style, columns) => {
      const saved = `saved the rotation of ${style.bold(showControls(profile))} in ${showControls(path)}\n`
      const preview = isSeen ? '' : `\n${simulationText(simulation, style, columns)}`
      const made = isNewProfile ? [`there was no profile ${showControls(profile)}: this is all that it says`] : []
      return report(saved + preview, { notes: [...made, `next: bakthat rotate NAME --dry-run${option}`] })
    },
  }
}
