import type { Backup, Bakthat, BackupResult, RestoreResult, VerifyResult } from 'bakthat'
import { exitCodeOf } from '@bakthat/errors'

/** What a command did or found. A printer turns it into text or JSON. */
export type Outcome =
  | { readonly kind: 'backup'; readonly result: BackupResult }
  | { readonly kind: 'show'; readonly backups: readonly Backup[] }
  | { readonly kind: 'restore'; readonly result: RestoreResult; readonly file: string | undefined }
  | { readonly kind: 'delete'; readonly backup: Backup }
  | { readonly kind: 'verify'; readonly results: readonly VerifyResult[]; readonly keyGiven: boolean }
  | { readonly kind: 'sync'; readonly result: Awaited<ReturnType<Bakthat['sync']>> }
  | { readonly kind: 'keygen'; readonly recipient: string; readonly file: string }
  | { readonly kind: 'keygen-text'; readonly recipient: string; readonly identity: string; readonly text: string }

const someItemsFailed = 3

/**
 * The exit status of a command that came to its end: 3 where a backup, a restore or a sync is incomplete; for `verify` that of
 * damage if anything is damaged, else that of a wrong key if a key was given and did not open everything.
 */
export function exitStatusOf(outcome: Outcome): number {
  if (outcome.kind === 'backup' || outcome.kind === 'restore')
    return outcome.result.warnings.some((warning) => warning.incomplete) ? someItemsFailed : 0
  if (outcome.kind === 'sync') return outcome.result.problems.length > 0 ? someItemsFailed : 0
  if (outcome.kind !== 'verify') return 0
  if (outcome.results.some((result) => result.outcome === 'damaged')) return exitCodeOf('INTEGRITY')
  const unopened = outcome.results.some((result) => result.outcome === 'stored')
  return outcome.keyGiven && unopened ? exitCodeOf('WRONG_KEY') : 0
}
