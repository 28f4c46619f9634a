import type { BakthatError } from '@bakthat/errors'
import type { Problem } from './contract.js'

/** What results say of a failure that ends nothing but its own part. */
export function problemOf({ code, message }: BakthatError): Problem {
  return { code, message }
}
