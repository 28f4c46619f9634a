import type { BackupResult, RotateResult } from 'bakthat'
import { isBakthatError, type BakthatError } from '@bakthat/errors'
import { report, someItemsFailed, type Outcome, type OutcomeText } from '../outcome.js'
import { showControls } from '../print/width.js'
import { backupOutcome } from './backup.js'
import { thinOutcome } from './thin.js'

/** What the rotation after a backup did, or why it failed; `undefined` where there was none, as the backup is not whole. */
type Rotation = RotateResult | BakthatError | undefined

/** A finished backup and the rotation after it. */
export function rotatedOutcome(result: BackupResult, rotation: Rotation): Outcome {
  const backup = backupOutcome(result)
  const after = rotationOutcome(rotation, result.filename)
  return {
    document: () => ({ ...backup.document(), rotation: after.document() }),
    text: (...terminal) => joined(backup.text(...terminal), after.text(...terminal)),
    exitStatus: Math.max(backup.exitStatus ?? 0, after.exitStatus ?? 0),
  }
}

function rotationOutcome(rotation: Rotation, name: string): Outcome {
  if (rotation === undefined) {
    const note = 'nothing was rotated: this backup is not whole, and older ones may have what it lacks'
    return { document: () => ({ skipped: 'incomplete' }), text: () => report('', { notes: [note] }) }
  }
  if (!isBakthatError(rotation)) return thinOutcome(rotation)
  const { code, message, hint } = rotation
  const problem = `${name} was not rotated: ${message}`
  return {
    document: () => ({ problem: { code, message, hint } }),
    text: () => report('', { problems: [showControls(problem)] }),
    exitStatus: someItemsFailed,
  }
}

function joined(first: OutcomeText, second: OutcomeText): OutcomeText {
  return {
    ...report([first.result, second.result].filter((text) => text !== '').join('\n')),
    problems: [...first.problems, ...second.problems],
    warnings: [...first.warnings, ...second.warnings],
    notes: [...first.notes, ...second.notes],
  }
}
