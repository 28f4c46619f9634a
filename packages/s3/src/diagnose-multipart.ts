import type { Finding } from '@bakthat/storage'

import type { Condition } from './commit.js'
import type { Connection } from './connection.js'
import { about, failed, outcomeOf, type Outcome } from './outcome.js'
import { asBackups, content, unsafe, type Trial } from './trial.js'
import { unfinishedUploads } from './unfinished-uploads.js'

/** What large backups need: uploads in parts, their condition, and that what is left of them can be found. */
export async function* multipartFindings(trial: Trial): AsyncIterable<Finding> {
  const first = await asBackups((condition) => uploadInParts(trial, condition))
  if ('error' in first) {
    yield failed('uploads in parts', first.error, 'nothing longer than 8 MiB can be stored')
    return
  }
  yield about('uploads in parts').good('work', 'backups of any size can be stored')
  const { good, note, problem } = about('conditional uploads in parts')
  const second = await uploadInParts(trial, { IfNoneMatch: '*' })
  if ('value' in second) yield problem('the condition is ignored', unsafe)
  else if (second.error.code === 'ALREADY_EXISTS') yield good('honoured', 'nothing is ever overwritten')
  else if (second.error.code === 'UNSUPPORTED') yield note('the server does not know the condition', unsafe)
  else yield failed('conditional uploads in parts', second.error, unsafe)
  yield await findingOfLeftovers(trial)
}

/** One part, which may be of any size as it is the last. */
async function uploadInParts(
  { connection, scratch, settings, signal }: Trial,
  condition: Condition,
): Promise<Outcome<unknown>> {
  const key = scratch.key('parts')
  const place = { Bucket: connection.bucket, Key: key }
  const begun = await outcomeOf(
    connection.request(undefined, signal, (s3, how) => s3.createMultipartUpload({ ...settings, ...place }, how)),
  )
  if ('error' in begun) return begun
  const { UploadId = '' } = begun.value
  scratch.begun(key, UploadId)
  const part = await outcomeOf(
    connection.request(undefined, signal, (s3, how) =>
      s3.uploadPart({ ...place, UploadId, PartNumber: 1, Body: content, ContentLength: content.length }, how),
    ),
  )
  if ('error' in part) return part
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: part.value.ETag }] }
  return scratch.write(
    key,
    connection.request(undefined, signal, (s3, how) =>
      s3.completeMultipartUpload({ ...place, ...condition, UploadId, MultipartUpload }, how),
    ),
  )
}

/** Some servers list uploads of one whole key only: https://docs.min.io/enterprise/aistor-object-store/developers/s3-api-compatibility */
async function findingOfLeftovers({ connection, scratch, settings, signal }: Trial): Promise<Finding> {
  const subject = 'finding unfinished uploads'
  const key = scratch.key('unfinished')
  const begun = await outcomeOf(
    connection.request(undefined, signal, (s3, how) =>
      s3.createMultipartUpload({ ...settings, Bucket: connection.bucket, Key: key }, how),
    ),
  )
  if ('error' in begun) return failed(subject, begun.error, 'bakthat cleanup cannot clear them')
  scratch.begun(key, begun.value.UploadId ?? '')
  const found = await outcomeOf(isFound(connection, scratch.key(''), key, signal))
  if ('error' in found) return failed(subject, found.error, 'bakthat cleanup cannot clear them')
  if (found.value) return about(subject).good('works', 'bakthat cleanup clears what interrupted uploads leave')
  return about(subject).note(
    'the server does not list them',
    'bakthat cleanup cannot clear them: see that the server does',
  )
}

async function isFound(
  connection: Connection,
  prefix: string,
  key: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for await (const upload of unfinishedUploads(connection, prefix, '', signal)) if (upload.key === key) return true
  return false
}
