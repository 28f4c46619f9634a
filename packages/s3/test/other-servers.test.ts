import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it } from '@jest/globals'
import { openS3, type S3Backend } from '@bakthat/s3'
import { single } from '@bakthat/storage'

const page = '<!doctype html><html><head><meta charset="utf-8"><title>Console</title></head></html>'

const answers = {
  'a page': { status: 200, headers: { 'content-type': 'text/html' }, body: page },
  nothing: { status: 200, headers: {}, body: '' },
  'the way to another': { status: 302, headers: { location: '/login' }, body: '' },
}

const acts: Readonly<Record<string, (backend: S3Backend) => Promise<unknown>>> = {
  store: (backend) => backend.put('blob', single(Buffer.from('x'))),
  'look up': (backend) => backend.stat('blob'),
  list: async (backend) => {
    const listing = await backend.list()
    if (listing.state === 'ready') for await (const { name } of listing.value) expect(name).toBe('no name')
  },
  'set a value': (backend) => backend.write('key', Buffer.from('x')),
  'get a value': (backend) => backend.read('key'),
}

describe.each(Object.entries(answers))('a server that answers everything with %s', (_, { status, headers, body }) => {
  it.each(Object.keys(acts))('is none to %s in', async (name) => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(status, headers).end(body))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    const pause = (): Promise<void> => Promise.resolve()
    const backend = openS3({ bucket: 'backups', endpoint, credentials, attempts: 1, pause })
    try {
      await expect(acts[name]!(backend)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining('does not speak S3'),
        hint: expect.stringContaining('endpoint'),
      })
    } finally {
      await backend.close()
      server.closeAllConnections()
      server.close()
    }
  })
})
