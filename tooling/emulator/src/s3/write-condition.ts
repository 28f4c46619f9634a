import { bucketOf, demand, type Call } from './call.js'
import { notImplemented, S3Failure } from './failure.js'
import type { ObjectVersion, Version } from './store/version.js'

/**
 * The condition of a write, `If-None-Match: *` or `If-Match`, checked when the request comes and again when it is done:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html. Answers with the second check.
 */
export function writeCondition(call: Call): () => void {
  const { 'if-none-match': none, 'if-match': match } = call.headers
  const { conditionalWrites } = call.state.features
  if ((none === undefined && match === undefined) || conditionalWrites === 'ignored') return () => undefined
  if (conditionalWrites === 'refused') throw notImplemented(none === undefined ? 'If-Match' : 'If-None-Match')
  if (none !== undefined && match !== undefined) throw notImplemented('If-Match together with If-None-Match')
  if (none !== undefined && none !== '*') throw notImplemented('If-None-Match other than *')
  if (match !== undefined) demand(call, 's3:GetObject', call.key)
  check(call)
  const bucket = bucketOf(call)
  const deletions = bucket.deletions(call.key)
  return () => {
    if (match === undefined && bucket.deletions(call.key) !== deletions) throw conflict()
    check(call)
  }
}

function check(call: Call): void {
  const current = currentOf(call)
  const match = call.headers['if-match']
  if (match === undefined) {
    if (current !== undefined) throw failed('If-None-Match')
    return
  }
  if (current === undefined) throw new S3Failure('NoSuchKey', 'The specified key does not exist.', { Key: call.key })
  if (!isSameTag(match, current.etag)) throw failed('If-Match')
}

function currentOf(call: Call): ObjectVersion | undefined {
  const current: Version | undefined = bucketOf(call).current(call.key)
  return current?.isMarker === false ? current : undefined
}

/** Whether a list of entity tags has this one; quotes may be left out. */
export function isSameTag(list: string, etag: string): boolean {
  const tags = list.split(',').map((tag) => tag.trim().replaceAll('"', ''))
  return tags.includes('*') || tags.includes(etag.replaceAll('"', ''))
}

export function failed(condition: string): S3Failure {
  return new S3Failure('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  })
}

function conflict(): S3Failure {
  return new S3Failure(
    'ConditionalRequestConflict',
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
  )
}
