import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What came in. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly host: string
  readonly received: Received[]
  /** Resolves when the first request is there. */
  readonly first: Promise<unknown>
}

/** A server that answers each request with the next of these statuses, and with the last one again and again; `hang`: with nothing. */
export async function startReceiver(...answers: readonly (number | 'hang')[]): Promise<Receiver> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const answer = answers[Math.min(receiver.received.length, answers.length - 1)] ?? 200
      receiver.received.push({ method: request.method!, path: request.url!, headers: request.headers, body })
      server.emit('received')
      if (answer !== 'hang') response.writeHead(answer, { location: '/elsewhere' }).end('an answer')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const receiver: Receiver = {
    url: `http://${host}`,
    host,
    received: [],
    first: once(server, 'received'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
  return receiver
}
