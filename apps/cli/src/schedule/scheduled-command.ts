import { fileURLToPath } from 'node:url'
import type { Environment } from '../host.js'

/** What decides where things are found, and holds no secret. */
const carried = [
  'PATH',
  'BAKTHAT_CONFIG',
  'BAKTHAT_DATABASE',
  'XDG_DATA_HOME',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
] as const

/**
 * The command for a scheduler, by absolute paths: this Node, this program, and so much of the environment that the backup
 * finds what it would find here.
 */
export function scheduledCommand(env: Environment, words: readonly string[]): readonly string[] {
  const variables = carried.flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`]))
  // The program is published as files that lie side by side in dist.
  const bin = fileURLToPath(new URL('../bin/bakthat.js', import.meta.url))
  return ['/usr/bin/env', ...variables, process.execPath, bin, ...words]
}
