import type { BucketLocationConstraint } from '@aws-sdk/client-s3'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import type { CallOptions } from '@bakthat/storage'

import { Connection } from './connection.js'
import { firstKey } from './heads.js'
import type { S3Options } from './options.js'

/** What making a bucket came to. */
export interface BucketMade {
  /** Whether the server took the rule that clears uploads that were begun and never finished, after 30 days. */
  readonly clearsStaleUploads: boolean
  /** What the person should know: sentences without a full stop. */
  readonly notices: readonly string[]
}

/**
 * Makes the bucket of the options, for its owner alone, with object lock where the options ask for it and with a rule that
 * clears stale uploads where the server has such rules. New buckets on AWS are closed to the public and have no access
 * lists. Rejects with `ALREADY_EXISTS` where there is one of that name, and changes nothing about it.
 */
export async function createBucket(options: S3Options, { signal }: CallOptions = {}): Promise<BucketMade> {
  const connection = new Connection(options)
  try {
    await makeBucket(connection, options, signal)
    const clearsStaleUploads = await setRule(connection, signal)
    return { clearsStaleUploads, notices: noticesOf(options, clearsStaleUploads) }
  } finally {
    await connection.close()
  }
}

function noticesOf({ objectLock }: S3Options, clearsStaleUploads: boolean): readonly string[] {
  const lock = 'the bucket keeps versions and can lock them, and neither can ever be turned off again'
  const rule = 'the server took no rule that clears unfinished uploads: run bakthat cleanup now and then'
  return [...(objectLock === undefined ? [] : [lock]), ...(clearsStaleUploads ? [] : [rule])]
}

async function makeBucket(connection: Connection, options: S3Options, signal: AbortSignal | undefined): Promise<void> {
  await throwIfThere(connection, signal)
  const region = await connection.region()
  const isAbroad = connection.traits.checksums && region !== 'us-east-1'
  await connection.request(undefined, signal, (s3, requestOptions) =>
    s3.createBucket(
      {
        Bucket: options.bucket,
        ...(options.objectLock === undefined ? {} : { ObjectLockEnabledForBucket: true }),
        ...(isAbroad ? { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } } : {}),
      },
      requestOptions,
    ),
  )
}

/** In us-east-1 making a bucket that one has already is no error and may reset its settings, so it is looked for first. */
async function throwIfThere(connection: Connection, signal: AbortSignal | undefined): Promise<void> {
  try {
    await connection.request(undefined, signal, (s3, options) => s3.headBucket({ Bucket: connection.bucket }, options))
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return
    if (!isBakthatError(error, 'INVALID_INPUT')) throw error
    if (!(await isListed(connection, signal))) return
  }
  throw new BakthatError('ALREADY_EXISTS', `the bucket ${connection.bucket} is there already`)
}

/** HEAD has no words for what it refuses, such as the wrong region, which the answer to a listing tells. */
async function isListed(connection: Connection, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await firstKey(connection, undefined, signal)
    return true
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return false
    throw error
  }
}

/** From its beginning, whether or not parts still come: many terabytes over a slow line take weeks. */
const uploadDays = 30

async function setRule(connection: Connection, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await connection.request(undefined, signal, (s3, options) =>
      s3.putBucketLifecycleConfiguration(
        {
          Bucket: connection.bucket,
          LifecycleConfiguration: {
            Rules: [
              {
                ID: 'bakthat-stale-uploads',
                Status: 'Enabled',
                Filter: { Prefix: '' },
                AbortIncompleteMultipartUpload: { DaysAfterInitiation: uploadDays },
              },
            ],
          },
        },
        options,
      ),
    )
    return true
  } catch (error) {
    if (isBakthatError(error, 'UNSUPPORTED', 'INVALID_INPUT', 'PERMISSION_DENIED')) return false
    throw error
  }
}
