import { shellWords } from '@bakthat/errors'

import type { Connection } from './connection.js'
import type { Place } from './keys.js'
import type { S3Options } from './options.js'

/** Days for which what is brought back by hand can be fetched: as many as we ask for, see `restore` of {@link S3Options}. */
const thawedDays = 7

/** Lists what lies under the prefix, with the AWS CLI. */
export function listLine(connection: Connection, options: S3Options): string {
  return line(connection, options, 's3', 'ls', `s3://${connection.bucket}/${options.prefix ?? ''}`)
}

/** Writes an object to standard output: the newest version of its key, for the CLI cannot write another one there. */
export function fetchLine(connection: Connection, options: S3Options, { key }: Place): string {
  return line(connection, options, 's3', 'cp', `s3://${connection.bucket}/${key}`, '-')
}

/** Asks for an object that lies in cold storage. */
export function thawLine(connection: Connection, options: S3Options, { key }: Place): string {
  const asked = ['--bucket', connection.bucket, '--key', key, '--restore-request', `Days=${thawedDays}`]
  return line(connection, options, 's3api', 'restore-object', ...asked)
}

function line(
  { traits }: Connection,
  { endpoint, region = traits.region }: S3Options,
  ...words: readonly string[]
): string {
  const server = endpoint === undefined ? [] : ['--endpoint-url', endpoint]
  const signedFor = region === undefined ? [] : ['--region', region]
  return shellWords('aws', ...words, ...server, ...signedFor)
}
