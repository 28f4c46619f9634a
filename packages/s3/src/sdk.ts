import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * The SDK, loaded when it is first asked for: that takes longer than all the rest of a small backup. It is built for
 * `require`; imported, Node would first look through all of it for the names that it exports.
 */
export function loadSdk(): typeof import('@aws-sdk/client-s3') {
  return require('@aws-sdk/client-s3') as typeof import('@aws-sdk/client-s3')
}
