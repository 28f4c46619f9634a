import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { impatient } from '@bakthat/emulator/impatience'
import { describe, expect, it } from '@jest/globals'
import { encodeDescription, openGlacier, type GlacierBackend } from '@bakthat/glacier'
import { single } from '@bakthat/storage'

/** Asks a server of which every list begins again and again, where its page is said to end. */
async function asked(ask: (backend: GlacierBackend) => Promise<unknown>): Promise<unknown> {
  const description = encodeDescription({ name: 'large' })
  const page = {
    Marker: 'same',
    JobList: [],
    UploadsList: [{ MultipartUploadId: 'id', ArchiveDescription: description }],
    ...{ ArchiveDescription: description, PartSizeInBytes: 1024 ** 2, Parts: [] },
  }
  const server = createServer(({ method }, response) => {
    if (method === 'POST') response.destroy()
    else response.setHeader('x-amzn-requestid', '1').end(JSON.stringify(page))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const backend = openGlacier({ vault: 'other', endpoint, credentials, client: { retryStrategy: impatient(2) } })
  try {
    return await ask(backend)
  } finally {
    await backend.close()
    server.closeAllConnections()
    server.close()
  }
}

async function drained(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) expect(item).toBeDefined()
}

describe('a list that begins again and again comes to an end', () => {
  it.each<[string, (backend: GlacierBackend) => Promise<unknown>]>([
    ['of jobs', (backend) => backend.retrieve('archive', { begin: false })],
    ['of jobs, looked through for one whose answer was lost', (backend) => backend.list()],
    ['of parts', (backend) => backend.put('large', single(Buffer.from('a')), { resume: 'id' })],
    ['of unfinished uploads', (backend) => drained(backend.leftovers())],
  ])('%s', async (_, ask) => {
    await expect(asked(ask)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('repeats') })
  })
})
