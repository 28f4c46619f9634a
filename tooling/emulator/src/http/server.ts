import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import type { Certificate } from '../certificate.js'
import type { Clock } from '../clock.js'
import type { Fault, Faults } from '../faults.js'
import type { Answer, Logged, Request, Service } from './exchange.js'
import { send } from './send.js'
import { parseTarget } from './uri.js'

export interface HttpServer {
  /** `http://127.0.0.1:<port>`, or `https://` that */
  readonly endpoint: string
  /** Every request, in the order in which they began. */
  readonly requests: readonly Logged[]
  /** Ends all connections, whatever goes on in them. */
  stop(): Promise<void>
}

export interface HttpServerOptions {
  readonly service: Service
  readonly faults: Faults
  /** What the `Date` header shows. */
  readonly wallClock: Clock
  /** Any free one unless given. */
  readonly port?: number
  /** What to show over TLS; plain HTTP unless given. */
  readonly certificate?: Certificate
}

/** Serves on this machine alone, carrying out the faults that are scripted. */
export async function serveHttp({
  service,
  faults,
  wallClock,
  port = 0,
  certificate,
}: HttpServerOptions): Promise<HttpServer> {
  const requests: Logged[] = []
  const patience = { keepAliveTimeout: 0, requestTimeout: 0 }
  const server = certificate === undefined ? createServer(patience) : createTlsServer({ ...patience, ...certificate })
  server.on('request', (message, response) => {
    response.sendDate = false
    response.setHeader('date', wallClock.now().toUTCString())
    void exchange({ service, faults, requests }, message, response)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const scheme = certificate === undefined ? 'http' : 'https'
  return { endpoint: `${scheme}://127.0.0.1:${portOf(server)}`, requests, stop: () => stop(server) }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}

interface Surroundings {
  readonly service: Service
  readonly faults: Faults
  readonly requests: Logged[]
}

async function exchange(
  { service, faults, requests }: Surroundings,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  message.on('error', () => undefined)
  const request = requestOf(message)
  if (request === undefined) return void response.writeHead(400).end()
  const subject = service.subject(request)
  const fault = faults.meet(subject)
  const { id, method, path, query, headers } = request
  const logged: Logged = { ...subject, id, method, path, query, headers, ...(fault === undefined ? {} : { fault }) }
  requests.push(logged)
  if (await breaksOff(fault, message)) return
  const answer = await answerOf(service, request, fault)
  if (fault !== undefined && 'lose' in fault) return void message.socket.resetAndDestroy()
  logged.status = answer.status
  await send(response, method, answer, fault)
}

function requestOf(message: IncomingMessage): Request | undefined {
  const { method = '', url = '/', headers } = message
  try {
    return { id: randomBytes(8).toString('hex').toUpperCase(), method, headers, body: message, ...parseTarget(url) }
  } catch {
    return undefined
  }
}

/** Carries out faults that end an exchange before anything is done. */
async function breaksOff(fault: Fault | undefined, message: IncomingMessage): Promise<boolean> {
  if (fault === undefined) return false
  if ('stall' in fault) {
    message.resume()
    return true
  }
  if (!('reset' in fault)) return false
  if (typeof fault.reset === 'object') await received(message, fault.reset.afterBytes)
  message.socket.resetAndDestroy()
  return true
}

/** Waits until so many bytes have come, or no more will. */
function received(message: IncomingMessage, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    let left = bytes
    message.on('close', resolve)
    message.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (left <= 0) resolve()
    })
  })
}

async function answerOf(service: Service, request: Request, fault: Fault | undefined): Promise<Answer> {
  if (fault !== undefined && 'refuse' in fault) {
    return service.scripted(request, { status: fault.refuse, code: fault.code })
  }
  if (fault === undefined || !('errorIn200' in fault)) return attempt(service, request, fault)
  if (fault.done === true) await attempt(service, request, fault)
  return service.scripted(request, { status: 200, code: fault.errorIn200 })
}

async function attempt(service: Service, request: Request, fault: Fault | undefined): Promise<Answer> {
  try {
    return await service.serve(request, fault)
  } catch (error) {
    return service.failed(request, error)
  }
}
