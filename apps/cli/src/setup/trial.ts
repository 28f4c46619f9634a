import { BakthatError } from '@bakthat/errors'
import type { Bakthat, Conf } from 'bakthat'
import type { Context } from '../context.js'
import type { Interview } from '../interview.js'
import { showControls } from '../print/width.js'

export type Findings = Awaited<ReturnType<Bakthat['tryOut']>>

export interface TrialHow {
  readonly conf: Conf
  readonly interview: Interview | undefined
  /** Whether to make a bucket or vault that is not there, unasked. */
  readonly create: boolean
}

/**
 * Tries the destination out, and makes its bucket or vault where that was asked for. Where it does not work a person is
 * asked whether to save all the same; without one it is `UNAVAILABLE`. Gives what was found out.
 */
export function tried({ conf, interview, create }: TrialHow, { action, withBakthat }: Context): Promise<Findings> {
  const { signal, onNotice } = action
  return withBakthat({ conf }, async (bakthat) => {
    onNotice('trying the destination…')
    let findings = await bakthat.tryOut({ signal })
    const canCreate = conf.default_destination !== 'local'
    if (canCreate && problemIn(findings) !== undefined && (create || (await isWanted(interview, findings)))) {
      for (const notice of (await bakthat.create({ signal })).notices) onNotice(notice)
      findings = await bakthat.tryOut({ signal })
    }
    const problem = problemIn(findings)
    if (problem === undefined) return findings
    if (interview === undefined) throw unusable(problem)
    interview.show(told(problem))
    if (await interview.confirm('Save all the same?', false)) return findings
    throw new BakthatError('INTERRUPTED', 'nothing was saved')
  })
}

async function isWanted(interview: Interview | undefined, findings: Findings): Promise<boolean> {
  if (interview === undefined) return false
  interview.show(
    findings
      .filter(({ verdict }) => verdict === 'problem')
      .map(told)
      .join('\n'),
  )
  return interview.confirm('Is it not there yet? Make it?', true)
}

/** The remedies are those of a profile that is saved, of which the command would make the bucket. */
function unusable(problem: Findings[number]): BakthatError {
  return new BakthatError('UNAVAILABLE', `the destination does not work: ${told(problem)}`, {
    hint: `${problem.consequence.replace('bakthat create', '--create')}; nothing was saved: --offline saves untried`,
  })
}

function problemIn(findings: Findings): Findings[number] | undefined {
  return findings.find(({ verdict }) => verdict === 'problem')
}

function told({ subject, found }: Findings[number]): string {
  return showControls(`${subject}: ${found}`)
}
