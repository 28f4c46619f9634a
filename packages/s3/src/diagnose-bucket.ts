import type { LifecycleRule } from '@aws-sdk/client-s3'
import type { Finding } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { about, outcomeOf } from './outcome.js'
import type { S3Options } from './options.js'

export interface BucketFindings {
  readonly findings: readonly Finding[]
  /** Whether the bucket locks what is stored without being asked to. */
  readonly locksEverything: boolean
}

/** What the bucket's settings mean for backups. */
export async function bucketFindings(
  connection: Connection,
  options: S3Options,
  signal: AbortSignal | undefined,
): Promise<BucketFindings> {
  const lock = await lockFinding(connection, options, signal)
  const versions = await versionsFinding(connection, signal)
  const rules = await ruleFindings(connection, options, signal)
  return { findings: [versions, lock.finding, ...rules], locksEverything: lock.isDefault }
}

async function versionsFinding(connection: Connection, signal: AbortSignal | undefined): Promise<Finding> {
  const { good, note } = about('versions')
  const outcome = await outcomeOf(
    connection.request(undefined, signal, (s3, how) => s3.getBucketVersioning({ Bucket: connection.bucket }, how)),
  )
  if ('error' in outcome) return unknown('versions', outcome.error.code, 's3:GetBucketVersioning')
  const { Status } = outcome.value
  if (Status === 'Enabled') return good('kept', 'a backup that is removed is removed with its version, for good')
  if (Status === 'Suspended')
    return note('no longer kept', 'old versions stay, and are paid for, until they are removed')
  return note('not kept', 'what somebody else overwrites or deletes is lost')
}

async function lockFinding(
  connection: Connection,
  { objectLock }: S3Options,
  signal: AbortSignal | undefined,
): Promise<{ readonly finding: Finding; readonly isDefault: boolean }> {
  const { good, note, problem } = about('object lock')
  const outcome = await outcomeOf(
    connection.request(undefined, signal, (s3, how) =>
      s3.getObjectLockConfiguration({ Bucket: connection.bucket }, how),
    ),
  )
  if ('error' in outcome && outcome.error.code !== 'NOT_FOUND') {
    const finding = unknown('object lock', outcome.error.code, 's3:GetBucketObjectLockConfiguration')
    return { finding, isDefault: false }
  }
  const { ObjectLockEnabled, Rule } = 'value' in outcome ? (outcome.value.ObjectLockConfiguration ?? {}) : {}
  const isDefault = Rule?.DefaultRetention !== undefined
  if (ObjectLockEnabled !== 'Enabled') {
    if (objectLock !== undefined)
      return { finding: problem('off', 'uploads with object_lock are refused: make a bucket with it'), isDefault }
    return { finding: note('off', 'whoever has the keys can delete backups: see object_lock'), isDefault }
  }
  if (objectLock !== undefined) {
    const { days, mode } = objectLock
    const time = days === 1 ? '1 day' : `${days} days`
    return { finding: good('on', `nobody can remove a backup for ${time} (${mode})`), isDefault }
  }
  const consequence = isDefault
    ? 'the bucket locks what is stored: removals wait for that day'
    : 'nothing is locked unless object_lock is set'
  return { finding: note('on', consequence), isDefault }
}

async function ruleFindings(
  connection: Connection,
  { prefix = '' }: S3Options,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  const { good, note } = about('unfinished uploads')
  const outcome = await outcomeOf(
    connection.request(undefined, signal, (s3, how) =>
      s3.getBucketLifecycleConfiguration({ Bucket: connection.bucket }, how),
    ),
  )
  if ('error' in outcome && outcome.error.code !== 'NOT_FOUND') {
    return [unknown('unfinished uploads', outcome.error.code, 's3:GetLifecycleConfiguration')]
  }
  const rules = 'value' in outcome ? (outcome.value.Rules ?? []) : []
  const active = rules.filter(({ Status }) => Status === 'Enabled')
  const days = active.find((rule) => isClearing(rule) && prefix.startsWith(prefixOf(rule)))
    ?.AbortIncompleteMultipartUpload?.DaysAfterInitiation
  const clearing =
    days === undefined
      ? note(
          'no rule clears them',
          'parts of interrupted uploads are paid for: run bakthat cleanup, or set a lifecycle rule that aborts them',
        )
      : good(`cleared after ${days} days`, 'what a machine leaves that loses its power goes by itself')
  const ours = active.filter((rule) => overlaps(prefixOf(rule), prefix) && !isForTags(rule))
  return [clearing, ...ours.flatMap(meddling)]
}

function isClearing({ AbortIncompleteMultipartUpload }: LifecycleRule): boolean {
  return AbortIncompleteMultipartUpload !== undefined
}

/** What we store has no tags. */
function isForTags({ Filter }: LifecycleRule): boolean {
  return Filter?.Tag !== undefined || (Filter?.And?.Tags ?? []).length > 0
}

function prefixOf({ Filter, ...rule }: LifecycleRule): string {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- rules that were made long ago have it
  return Filter?.Prefix ?? Filter?.And?.Prefix ?? rule.Prefix ?? ''
}

function overlaps(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one)
}

/** Rules that do to backups what is rotation's affair. */
function meddling({ ID = 'without a name', Expiration, Transitions = [] }: LifecycleRule): readonly Finding[] {
  const { note, problem } = about('lifecycle rules')
  const expires = Expiration?.Days !== undefined || Expiration?.Date !== undefined
  const moves = Transitions.map(({ StorageClass }) => StorageClass ?? 'another class').join(', ')
  return [
    ...(expires
      ? [problem(`the rule ${ID} deletes objects by age`, 'backups go that rotation would keep: remove the rule')]
      : []),
    ...(moves === ''
      ? []
      : [note(`the rule ${ID} moves objects to ${moves}`, 'manifests go there too: set storage_class instead')]),
  ]
}

function unknown(subject: string, code: string, action: string): Finding {
  if (code === 'PERMISSION_DENIED') return about(subject).note('not allowed to ask', `these credentials lack ${action}`)
  return about(subject).note('not known to the server', 'Bakthat does without')
}
