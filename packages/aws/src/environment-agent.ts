import http, { type ClientRequest } from 'node:http'
import https, { type AgentOptions } from 'node:https'

import { Agent, type AgentConnectOpts } from 'agent-base'
import { HttpProxyAgent } from 'http-proxy-agent'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { getProxyForUrl } from 'proxy-from-env'

import type { proxyFailures } from './usual-failures.js'

/** Makes every request through the proxy that the environment has for its host, or past all of them. */
export class EnvironmentAgent extends Agent {
  readonly #options: AgentOptions
  readonly #agents = new Map<string, http.Agent>()

  constructor(options: AgentOptions) {
    // How many at once is for the agents to say that it hands requests to: what waited here would wait for ever.
    super({ ...options, maxSockets: Infinity })
    this.#options = options
  }

  override connect(request: ClientRequest, { secureEndpoint }: AgentConnectOpts): http.Agent {
    const scheme = secureEndpoint ? 'https:' : 'http:'
    const proxy = getProxyForUrl(`${scheme}//${String(request.getHeader('host'))}`)
    const way = `${scheme} ${proxy}`
    const agent = this.#agents.get(way) ?? this.#agentFor(secureEndpoint, proxy)
    this.#agents.set(way, agent)
    return agent
  }

  override destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy()
    super.destroy()
  }

  #agentFor(isSecure: boolean, proxy: string): http.Agent {
    if (proxy === '') return isSecure ? new https.Agent(this.#options) : new http.Agent(this.#options)
    if (!URL.canParse(proxy) || !/^https?:$/.test(new URL(proxy).protocol)) throw failure('ProxyUnusable')
    if (isSecure) return tunnels(proxy, this.#options)
    // Some proxies end connections after an answer that did not announce it: none is used again, not for what waits either.
    return new HttpProxyAgent(proxy, { ...this.#options, keepAlive: false, maxSockets: Infinity })
  }
}

/** Whoever asks for a tunnel and gets another answer would take it for that of the server. */
function tunnels(proxy: string, options: AgentOptions): http.Agent {
  const agent = new HttpsProxyAgent(proxy, options)
  agent.on('proxyConnect', ({ statusCode }: { readonly statusCode: number }, request: ClientRequest) => {
    if (statusCode === 401 || statusCode === 407) request.destroy(failure('ProxyAuthenticationRequired'))
    if (statusCode === 403) request.destroy(failure('ProxyForbidden'))
  })
  return agent
}

function failure(code: keyof typeof proxyFailures): Error {
  return Object.assign(new Error('the proxy made no connection'), { code })
}
