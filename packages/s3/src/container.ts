import type { S3Options } from './options.js'

/**
 * The same words on every host, without credentials: bucket names are unique among all of AWS, elsewhere within a server.
 */
export function containerOf({ bucket, prefix = '', endpoint }: S3Options): string {
  return `${endpoint === undefined ? 'aws' : new URL(endpoint).host}/${bucket}/${prefix}`
}
