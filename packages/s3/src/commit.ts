import type { S3 } from '@aws-sdk/client-s3'
import { BakthatError, isBakthatError } from '@bakthat/errors'

import { undo } from './confirmation.js'
import type { Connection, RequestOptions } from './connection.js'
import { lookFor } from './heads.js'
import { addressOf, type Place } from './keys.js'
import { nonceField } from './object-settings.js'

export interface Committed {
  readonly versionId?: string
}

/** The request that makes an object appear. */
export type Commit = (
  s3: S3,
  options: RequestOptions,
  condition: { readonly IfNoneMatch?: '*' },
) => Promise<{ readonly VersionId?: string | undefined }>

/**
 * Makes an object appear unless there is one of that key. A request whose answer was lost is repeated, and then finds its
 * own object in the way, or its upload gone: the nonce in the object's metadata tells whose it is. Servers that do not have
 * the condition are asked without it; that nothing is there was looked up before.
 */
export async function commit(
  connection: Connection,
  place: Place,
  nonce: string,
  signal: AbortSignal,
  request: Commit,
): Promise<Committed> {
  const attempt = async (condition: { readonly IfNoneMatch?: '*' }): Promise<Committed> => {
    const { VersionId } = await connection.request(place.key, signal, (s3, options) => request(s3, options, condition))
    return committedAs(VersionId)
  }
  try {
    return await withOrWithoutCondition(attempt)
  } catch (error) {
    if (isBakthatError(error, 'INTERRUPTED')) await undo(connection, place, nonce)
    if (!isBakthatError(error, 'ALREADY_EXISTS', 'UNAVAILABLE')) throw error
    const found = await lookFor(connection, place, signal)
    if (typeof found === 'string') throw error
    if (found.Metadata?.[nonceField] === nonce)
      return found.VersionId === undefined ? {} : { versionId: found.VersionId }
    throw isBakthatError(error, 'ALREADY_EXISTS') ? error : somebodyElses(connection, place, error)
  }
}

/** `null` is what objects of buckets without versions are called by servers that call them something. */
function committedAs(versionId: string | undefined): Committed {
  return versionId === undefined || versionId === 'null' ? {} : { versionId }
}

async function withOrWithoutCondition<T>(
  attempt: (condition: { readonly IfNoneMatch?: '*' }) => Promise<T>,
): Promise<T> {
  try {
    return await attempt({ IfNoneMatch: '*' })
  } catch (error) {
    if (isBakthatError(error, 'UNSUPPORTED')) return attempt({})
    throw error
  }
}

function somebodyElses(connection: Connection, { key }: Place, cause: unknown): BakthatError {
  return new BakthatError(
    'ALREADY_EXISTS',
    `${addressOf(connection.bucket, key)} was stored by somebody else meanwhile`,
    {
      hint: 'blobs are never overwritten: choose another name',
      cause,
    },
  )
}
