import { throwIfAborted, type DiagnoseOptions, type Finding } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { bucketFindings } from './diagnose-bucket.js'
import { reach } from './diagnose-reach.js'
import { objectFindings } from './diagnose-objects.js'
import { about } from './outcome.js'
import type { S3Options } from './options.js'

/**
 * Finds out what the server, the bucket and the credentials are good for. What has to be tried out is tried with objects of
 * a few bytes under the scratch prefix, which are removed again; of a storage class with a minimum of paid days one is
 * paid for that long.
 */
export async function* diagnose(
  connection: Connection,
  options: S3Options,
  { scratch, signal }: DiagnoseOptions,
): AsyncIterable<Finding> {
  throwIfAborted(signal)
  const { findings, isReached } = await reach(connection, options, signal)
  yield* findings
  if (!isReached) return
  const { findings: settings, locksEverything } = await bucketFindings(connection, options, signal)
  yield* settings
  if (locksEverything) yield untried
  else yield* objectFindings(connection, options, scratch, signal)
}

const untried = about('storing').note(
  'not tried out',
  'the bucket locks whatever is stored, so nothing that is tried could be removed again',
)
