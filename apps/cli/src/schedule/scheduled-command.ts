import { fileURLToPath } from 'node:url'
import type { Environment } from '../host.js'

/** What decides where things are found and how servers are reached, and holds no secret. */
const carried = [
  'PATH',
  'BAKTHAT_CONFIG',
  'BAKTHAT_DATABASE',
  'XDG_DATA_HOME',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_ENV_PROXY',
  'NO_PROXY',
  'no_proxy',
]

const proxies = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])

/** Proxies of the environment whose addresses hold a name and a password, which are not written down. */
export function secretProxies(env: Environment): readonly string[] {
  return proxies.filter((name) => env[name]?.includes('@'))
}

/**
 * The command for a scheduler, by absolute paths: this Node, this program, and so much of the environment that the backup
 * finds what it would find here.
 */
export function scheduledCommand(env: Environment, words: readonly string[]): readonly string[] {
  const secret = secretProxies(env)
  const names = [...carried, ...proxies.filter((name) => !secret.includes(name))]
  const variables = names.flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`]))
  // The program is published as files that lie side by side in dist.
  const bin = fileURLToPath(new URL('../bin/bakthat.js', import.meta.url))
  return ['/usr/bin/env', ...variables, process.execPath, bin, ...words]
}
