import type { S3 } from '@aws-sdk/client-s3'
import { passingFailures, type RequestOptions } from '@bakthat/aws'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { withAttempts } from '@bakthat/storage'

import { undo } from './confirmation.js'
import type { Connection } from './connection.js'
import { lookFor } from './heads.js'
import { addressOf, type Place } from './keys.js'
import { nonceField } from './object-settings.js'
import { spoken } from './spoken.js'
import { removeTwins } from './twins.js'
import type { Run } from './upload.js'

export interface Committed {
  readonly versionId?: string
  /** CRC32 of the whole object, as the server says that it has it. */
  readonly crc32?: string
}

/** The request that makes an object appear. */
export type Commit = (
  s3: S3,
  options: RequestOptions,
  condition: Condition,
) => Promise<{
  readonly ETag?: string | undefined
  readonly VersionId?: string | undefined
  readonly ChecksumCRC32?: string | undefined
  readonly ChecksumType?: string | undefined
  readonly $metadata: { readonly attempts?: number }
}>

export interface Condition {
  readonly IfNoneMatch?: '*'
}

/**
 * Makes an object appear unless there is one of that key. A request whose answer was lost is repeated, and then finds its
 * own object in the way, or its upload gone: the nonce in the object's metadata tells whose it is. Servers that do not have
 * the condition are asked without it, once it was seen that nothing is there.
 */
export async function commit(run: Run, request: Commit, attempts = 1): Promise<Committed> {
  const { connection, options, place, nonce, signal } = run
  const attempt = (condition: Condition): Promise<Committed> => {
    let count = 0
    return withAttempts({ ...options, attempts, codes: passingFailures }, signal, async () => {
      count += 1
      const answer = await connection.request(place.key, signal, (s3, how) => request(s3, how, condition))
      spoken(connection, place.key, answer, answer.ETag)
      const isRepeated = count > 1 || (answer.$metadata.attempts ?? 1) > 1
      return isRepeated ? alone(run, committedAs(answer)) : committedAs(answer)
    })
  }
  try {
    return await withOrWithoutCondition(run, attempt).catch((error: unknown) => ownAfter(run, error))
  } catch (error) {
    if (isBakthatError(error, 'INTERRUPTED', 'UNAVAILABLE')) await undo(connection, place, nonce)
    throw error
  }
}

/** What is there after a failure that leaves it open, if it is ours. */
async function ownAfter(run: Run, error: unknown): Promise<Committed> {
  if (!isBakthatError(error, 'ALREADY_EXISTS', 'UNAVAILABLE')) throw error
  const { connection, place, nonce, signal } = run
  const found = await lookFor(connection, place, signal)
  if (found === 'hidden' && error.code === 'ALREADY_EXISTS') throw perhapsOurs(connection, place, error)
  if (typeof found === 'string') throw error
  if (found.Metadata?.[nonceField] === nonce) return alone(run, committedAs({ VersionId: found.VersionId }))
  throw error.code === 'ALREADY_EXISTS' ? error : somebodyElses(connection, place, error)
}

/** The object after a request that was made more than once, without what else it may have stored. */
async function alone(run: Run, committed: Committed): Promise<Committed> {
  const { versionId } = committed
  if (versionId !== undefined && !run.connection.traits.conditions) await removeTwins(run, versionId)
  return committed
}

/** `null` is what objects of buckets without versions are called by servers that call them something. */
function committedAs({
  VersionId: versionId,
  ChecksumCRC32,
  ChecksumType,
}: Omit<Awaited<ReturnType<Commit>>, '$metadata' | 'ETag'>): Committed {
  return {
    ...(versionId === undefined || versionId === 'null' ? {} : { versionId }),
    ...(ChecksumCRC32 === undefined || ChecksumType === 'COMPOSITE' ? {} : { crc32: ChecksumCRC32 }),
  }
}

async function withOrWithoutCondition<T>(run: Run, attempt: (condition: Condition) => Promise<T>): Promise<T> {
  try {
    return await attempt({ IfNoneMatch: '*' })
  } catch (error) {
    if (!isBakthatError(error, 'UNSUPPORTED')) throw error
    await refuseTaken(run)
    return attempt({})
  }
}

/** Rejects with `ALREADY_EXISTS` where there is an object of that key. */
export async function refuseTaken({ connection, place, signal }: Run): Promise<void> {
  const found = await lookFor(connection, place, signal)
  if (typeof found !== 'object') return
  throw new BakthatError('ALREADY_EXISTS', `${addressOf(connection.bucket, place.key)} is there already`, {
    hint: 'blobs are never overwritten: remove it first or choose another name',
  })
}

function perhapsOurs(connection: Connection, { key }: Place, cause: unknown): BakthatError {
  return new BakthatError(
    'ALREADY_EXISTS',
    `${addressOf(connection.bucket, key)} is there already: another object, or this one, if an answer was lost`,
    { hint: 'these credentials may not look: store it under another name', cause },
  )
}

function somebodyElses(connection: Connection, { key }: Place, cause: unknown): BakthatError {
  return new BakthatError(
    'ALREADY_EXISTS',
    `${addressOf(connection.bucket, key)} was stored by somebody else meanwhile`,
    { hint: 'blobs are never overwritten: choose another name', cause },
  )
}
