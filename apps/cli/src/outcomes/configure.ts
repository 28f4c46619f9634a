import { shellWords } from '@bakthat/errors'
import type { WrittenProfile } from '@bakthat/config'
import type { Conf } from 'bakthat'
import { report, type Outcome, type OutcomeText } from '../outcome.js'
import { details } from '../print/details.js'
import type { Style } from '../print/style.js'
import { showControls } from '../print/width.js'
import type { NewIdentity } from '../setup/encryption.js'
import type { Findings } from '../setup/trial.js'

interface Configured extends WrittenProfile {
  readonly conf: Conf
  readonly findings: Findings
  readonly identity?: NewIdentity
}

/** A profile that was saved. */
export function configureOutcome(configured: Configured): Outcome {
  const { path, profile, isNew, conf, findings, identity } = configured
  return {
    document: () => ({
      path,
      profile,
      is_new: isNew,
      destination: conf.default_destination,
      recipients: conf.recipients,
      identity_file: identity?.file,
      findings,
    }),
    text: (style) => textOf(configured, style),
  }
}

function textOf({ path, profile, conf, findings, identity }: Configured, style: Style): OutcomeText {
  const told = (wanted: Findings[number]['verdict']): readonly string[] =>
    findings
      .filter(({ verdict }) => verdict === wanted)
      .map(({ subject, found, consequence }) => showControls(`${subject}: ${found}; ${consequence}`))
  const problems = told('problem')
  const lines = [
    ['destination', `${conf.default_destination ?? 'local'} (${showControls(placeOf(conf))})`],
    ['encrypted', encryptionOf(conf)],
    ['compressed', conf.compression ?? (conf.compress === false ? 'none' : 'gzip')],
    ['tried', findings.length === 0 ? 'no' : problems.length === 0 ? 'it works' : 'it does not work'],
  ] as const
  const option = profile === 'default' ? '' : ` -p ${showControls(shellWords(profile))}`
  return report(details(`saved the profile ${style.bold(showControls(profile))} in ${showControls(path)}`, lines), {
    warnings: problems,
    notes: [
      ...told('note'),
      ...identityNotes(identity),
      `next: bakthat backup PATH${option}, and bakthat configure-rotation${option}`,
      `then: bakthat recovery${option}, for the day on which this machine is lost`,
    ],
  })
}

function placeOf({ default_destination: destination, s3_bucket, glacier_vault, local_dir }: Conf): string {
  if (destination === 's3') return s3_bucket ?? ''
  return (destination === 'glacier' ? glacier_vault : local_dir) ?? 'the usual directory'
}

function encryptionOf({ recipients, recipients_file, password_file, password_command }: Conf): string {
  if (recipients !== undefined || recipients_file !== undefined) return 'to its recipients'
  return password_file === undefined && password_command === undefined ? 'no' : 'with a password'
}

function identityNotes(identity: NewIdentity | undefined): readonly string[] {
  if (identity === undefined) return []
  return [
    `The identity is in ${showControls(identity.file)}. Move it, or a copy of it, away from this machine:`,
    'without it nothing can be restored, and who has it can read every backup.',
    `  bakthat restore NAME --identity ${showControls(identity.file)}`,
  ]
}
