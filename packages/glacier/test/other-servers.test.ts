import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it } from '@jest/globals'
import { createVault, openGlacier, type GlacierBackend, type GlacierOptions } from '@bakthat/glacier'
import { single } from '@bakthat/storage'

const page = '<!doctype html><html><head><meta charset="utf-8"><title>Console</title></head></html>'

const answers = {
  'a page': { status: 200, headers: { 'content-type': 'text/html' }, body: page },
  nothing: { status: 200, headers: {}, body: '' },
  'some JSON': { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
  'a page that refuses': { status: 405, headers: { 'content-type': 'text/html' }, body: page },
  'the way to another': { status: 302, headers: { location: '/login' }, body: '' },
}

type Act = (backend: GlacierBackend, options: GlacierOptions) => Promise<unknown>

const acts: Readonly<Record<string, Act>> = {
  store: (backend) => backend.put('blob', single(Buffer.from('x'))),
  'bring back': (backend) => backend.retrieve('archive', { ticket: 'retrieval job/0-', begin: false }),
  'look for what comes back': (backend) => backend.retrieve('archive', { begin: false }),
  list: (backend) => backend.list(),
  remove: (backend) => backend.remove('archive'),
  'clear up': async (backend) => {
    for await (const { name } of backend.leftovers()) expect(name).toBe('no name')
  },
  'make a vault': (_, options) => createVault(options),
}

describe.each(Object.entries(answers))('a server that answers everything with %s', (_, { status, headers, body }) => {
  it.each(Object.keys(acts))('is none to %s in', async (name) => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(status, headers).end(body))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const options = { vault: 'mine', endpoint, credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, attempts: 1 }
    const backend = openGlacier(options)
    try {
      await expect(acts[name]!(backend, options)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining('does not speak Glacier'),
        hint: expect.stringContaining('glacier_endpoint'),
      })
    } finally {
      await backend.close()
      server.closeAllConnections()
      server.close()
    }
  })
})
