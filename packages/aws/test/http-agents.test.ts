import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http, { type Server } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, describe, expect, it } from '@jest/globals'
import { makeCertificate } from '@bakthat/emulator/certificate'
import { Tinyproxy, tinyproxyProgram } from '@bakthat/emulator/tinyproxy'
import { httpAgents, proxyFailures } from '@bakthat/aws'

const certificate = makeCertificate()
const environment = process.env
const endings: (() => Promise<unknown>)[] = []

afterEach(async () => {
  process.env = environment
  for (const end of endings.splice(0)) await end()
})

/** Sets these variables, and no other that agents go by. */
function setEnvironment(variables: Readonly<Record<string, string>>): void {
  const others = Object.entries(environment).filter(([name]) => !/_proxy$|^AWS_/i.test(name))
  process.env = { ...Object.fromEntries(others), ...variables }
}

/** A server that tells who connected how often. */
async function startServer(scheme: 'http' | 'https'): Promise<string> {
  let connections = 0
  const server: Server = scheme === 'http' ? http.createServer() : https.createServer(certificate)
  server.on(scheme === 'http' ? 'connection' : 'secureConnection', () => connections++)
  server.on('request', (_, response) => void response.end(`connection ${connections}`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function startProxy(...rules: Parameters<typeof Tinyproxy.start>): Promise<Tinyproxy> {
  const proxy = await Tinyproxy.start(...rules)
  endings.push(() => proxy[Symbol.asyncDispose]())
  return proxy
}

/** The file of the certificate, as `AWS_CA_BUNDLE` has it. */
async function bundle(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-agents-'))
  endings.push(() => rm(directory, { recursive: true }))
  await writeFile(join(directory, 'ca.pem'), certificate.cert)
  return join(directory, 'ca.pem')
}

/** Makes requests one after another with the agents of the environment, and answers with what came. */
async function ask(...addresses: readonly string[]): Promise<string[]> {
  const { httpAgent, httpsAgent } = await httpAgents()
  const agents = {
    'http:': httpAgent instanceof http.Agent ? httpAgent : new http.Agent(httpAgent),
    'https:': httpsAgent instanceof http.Agent ? httpsAgent : new https.Agent(httpsAgent),
  }
  try {
    const answers: string[] = []
    for (const address of addresses) answers.push(await get(new URL(address), agents))
    return answers
  } finally {
    for (const agent of Object.values(agents)) agent.destroy()
  }
}

function get(url: URL, agents: Readonly<Record<string, http.Agent>>): Promise<string> {
  const { protocol } = url
  return new Promise((resolve, reject) => {
    const request = (protocol === 'http:' ? http : https).get(url, { agent: agents[protocol]! }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(response.statusCode === 200 ? text : String(response.statusCode)))
    })
    request.on('error', reject)
  })
}

describe('agents', () => {
  it.each(['http', 'https'] as const)('keep connections over %s', async (scheme) => {
    setEnvironment({ AWS_CA_BUNDLE: await bundle() })
    const server = await startServer(scheme)
    expect(await ask(server, server)).toEqual(['connection 1', 'connection 1'])
  })

  it('trust nobody whom neither Node nor AWS_CA_BUNDLE knows', async () => {
    setEnvironment({})
    await expect(ask(await startServer('https'))).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })

  it('are not made with authorities that cannot be read', async () => {
    setEnvironment({ AWS_CA_BUNDLE: '/nowhere/ca.pem' })
    await expect(httpAgents()).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining('/nowhere/ca.pem'),
    })
  })
})

;(tinyproxyProgram === undefined ? describe.skip : describe)('agents behind a proxy', () => {
  it.each(['http', 'https'] as const)('go through it over %s, and keep what tunnels they have', async (scheme) => {
    const [proxy, server, ca] = await Promise.all([startProxy(), startServer(scheme), bundle()])
    setEnvironment({ [`${scheme}_proxy`]: `http://127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE: ca })
    const many = Array.from({ length: 5 }, () => server)
    expect(await ask(...many)).toHaveLength(5)
    const asked = await proxy.asked()
    if (scheme === 'https') expect(asked).toEqual([`CONNECT ${new URL(server).host}`])
    else expect(asked).toEqual(many.map((address) => `GET ${address}/`))
  })

  it('have the one of ALL_PROXY for what has none of its own', async () => {
    const [own, any, plain, secure, ca] = await Promise.all([
      startProxy(),
      startProxy(),
      startServer('http'),
      startServer('https'),
      bundle(),
    ])
    const [HTTPS_PROXY, ALL_PROXY] = [own, any].map(({ port }) => `http://127.0.0.1:${port}`)
    setEnvironment({ HTTPS_PROXY: HTTPS_PROXY!, ALL_PROXY: ALL_PROXY!, AWS_CA_BUNDLE: ca })
    await ask(plain, secure)
    expect(await own.asked()).toEqual([`CONNECT ${new URL(secure).host}`])
    expect(await any.asked()).toEqual([`GET ${plain}/`])
  })

  it('pass by it to the hosts of NO_PROXY alone', async () => {
    const [proxy, one, other] = await Promise.all([startProxy(), startServer('http'), startServer('http')])
    setEnvironment({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: `example.org, ${new URL(one).host}` })
    await ask(one, other)
    expect(await proxy.asked()).toEqual([`GET ${other}/`])
  })

  it('tell what it refuses from what the server refuses', async () => {
    const [closed, strict, server, ca] = await Promise.all([
      startProxy({ name: 'me', password: 'secret' }),
      startProxy({ ports: [443] }),
      startServer('https'),
      bundle(),
    ])
    const reject = async (address: string): Promise<unknown> => {
      setEnvironment({ HTTPS_PROXY: address, AWS_CA_BUNDLE: ca })
      return ask(server).catch((error: unknown) => (error as { code: unknown }).code)
    }
    const refusals = [
      await reject(`http://127.0.0.1:${closed.port}`),
      await reject(`http://me:wrong@127.0.0.1:${closed.port}`),
      await reject(`http://127.0.0.1:${strict.port}`),
      await reject('socks5://127.0.0.1:1080'),
    ]
    const codes = Object.keys(proxyFailures)
    expect(refusals).toEqual([codes[0], ...codes])
    expect(await reject(`http://me:secret@127.0.0.1:${closed.port}`)).toEqual(['connection 1'])
  })

  it('go through that of a variable in capitals where the other is empty', async () => {
    const [proxy, server] = await Promise.all([startProxy(), startServer('http')])
    setEnvironment({ http_proxy: '', HTTP_PROXY: `http://127.0.0.1:${proxy.port}` })
    await ask(server)
    expect(await proxy.asked()).toEqual([`GET ${server}/`])
  })

  it('make many requests at once', async () => {
    const [proxy, server] = await Promise.all([startProxy(), startServer('http')])
    setEnvironment({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` })
    const { httpAgent } = await httpAgents()
    const requests = Array.from({ length: 70 }, () => get(new URL(server), { 'http:': httpAgent as http.Agent }))
    expect(await Promise.all(requests)).toHaveLength(70)
    ;(httpAgent as http.Agent).destroy()
  })
})
