import { readFile } from 'node:fs/promises'
import type { Agent } from 'node:http'
import type { AgentOptions } from 'node:https'

import { BakthatError } from '@bakthat/errors'

/** As the SDKs of AWS take them: agents, or what to make them with. */
export interface HttpAgents {
  readonly httpAgent: Agent | AgentOptions
  readonly httpsAgent: Agent | AgentOptions
}

/** Connections that are kept and used again, and so many at once at most: a backend has a few parts under way. */
const usual: AgentOptions = { keepAlive: true, maxSockets: 50 }

/**
 * What a backend makes its connections with, as this machine's environment wants them made for any program:
 *
 * - through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` (by the scheme of the request) or `ALL_PROXY` names, in capitals or
 *   not, except to hosts of `NO_PROXY`: names and `host:port`, with a dot or an asterisk in front whatever ends so. Proxies
 *   speak HTTP, over TLS too, and may have a name and a password in their address.
 * - trusting the authorities in the file of `AWS_CA_BUNDLE` instead of those that Node trusts, as the AWS tools do.
 *
 * Nothing is loaded for proxies where there are none. Rejects with `INVALID_CONFIG` where the file cannot be read.
 */
export async function httpAgents(): Promise<HttpAgents> {
  const options = { ...usual, ...(await authorities()) }
  if (!isBehindProxy()) return { httpAgent: options, httpsAgent: options }
  const { EnvironmentAgent } = await import('./environment-agent.js')
  const agent = new EnvironmentAgent(options)
  return { httpAgent: agent, httpsAgent: agent }
}

async function authorities(): Promise<AgentOptions> {
  const file = process.env['AWS_CA_BUNDLE']
  if (file === undefined || file === '') return {}
  try {
    return { ca: await readFile(file) }
  } catch (cause) {
    throw new BakthatError('INVALID_CONFIG', `AWS_CA_BUNDLE names ${file}, which cannot be read`, {
      cause,
      hint: 'let it name a file of certificates in PEM, or remove it from the environment',
    })
  }
}

function isBehindProxy(): boolean {
  const names = ['https_proxy', 'http_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()])
  return names.some((name) => (process.env[name] ?? '') !== '')
}
