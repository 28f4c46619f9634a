import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readExposition } from './exposition.js'

/** What came in, and what is held of each group. */
export interface Gateway extends AsyncDisposable {
  readonly url: string
  readonly authorizations: (string | undefined)[]
  readonly groups: Map<string, { labels: Record<string, string>; values: Record<string, number> }>
}

/**
 * A Pushgateway over HTTP by its README: `POST` replaces metrics of the same name, labels in the path are in base64 for URLs, and
 * `/api/v1/metrics` tells what is held. Metrics may not bring a label of the group.
 */
export async function startGateway(): Promise<Gateway> {
  const groups: Gateway['groups'] = new Map()
  const authorizations: (string | undefined)[] = []
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization)
    void bodyOf(request).then((body) => {
      if (request.url === '/push/api/v1/metrics') return response.end(JSON.stringify(answerOf(groups)))
      const labels = request.method === 'POST' ? labelsOf(request.url!) : undefined
      if (labels === undefined) return response.writeHead(404).end()
      const samples = Object.entries(readExposition(body))
      if (samples.some(([, sample]) => Object.keys(sample.labels).length > 0)) return response.writeHead(400).end()
      const held = groups.get(request.url!)?.values ?? {}
      const values = { ...held, ...Object.fromEntries(samples.map(([name, { value }]) => [name, value])) }
      groups.set(request.url!, { labels, values })
      return response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/push/`

  const stop = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((resolve) => void server.close(() => resolve()))
  }
  return { url, authorizations, groups, [Symbol.asyncDispose]: stop }
}

function labelsOf(url: string): Record<string, string> | undefined {
  const [, path] = /^\/push\/metrics((?:\/\w+@base64\/(?:[\w-]+|=))+)$/.exec(url) ?? []
  const pairs = [...(path ?? '').matchAll(/\/(\w+)@base64\/([^/]+)/g)]
  const labels = pairs.map(([, name, value]) => [name!, Buffer.from(value!, 'base64url').toString()])
  return path === undefined ? undefined : (Object.fromEntries(labels) as Record<string, string>)
}

function answerOf(groups: Gateway['groups']): object {
  const data = [...groups.values()].map(({ labels, values }) => ({
    labels,
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { metrics: [{ labels, value: value.toExponential() }] }]),
    ),
  }))
  return { status: 'success', data }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
