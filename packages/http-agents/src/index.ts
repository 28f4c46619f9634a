export { httpAgents, type HttpAgents } from './http-agents.js'
export { proxyFailures, type ProxyFailure } from './proxy-failures.js'
