import { BakthatError } from '@bakthat/errors'

import type { Connection } from './connection.js'
import { addressOf } from './keys.js'

/**
 * An answer in which a server that speaks S3 tells at least one of these things; `UNAVAILABLE` for any other: web servers say of
 * every page that all is well.
 */
export function spoken<T>(connection: Connection, key: string | undefined, answer: T, ...told: readonly unknown[]): T {
  if (told.some((one) => one !== undefined)) return answer
  throw new BakthatError('UNAVAILABLE', `${addressOf(connection.bucket, key)} ${unspoken[1]}`, { hint: unspoken[2] })
}

export const unspoken = [
  'UNAVAILABLE',
  'cannot be reached: what answers there does not speak S3',
  'check endpoint, and its port',
] as const
