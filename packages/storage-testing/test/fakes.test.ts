import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import { collect, single, waitUntilReady, type Bytes, type StorageBackend } from '@bakthat/storage'
import { coldBackend, faultyBackend, memoryBackend, type Fault } from '@bakthat/storage-testing'
import { createHash } from 'node:crypto'

const content = Buffer.from('0123456789')
const refusal = new BakthatError('UNAVAILABLE', 'the store asked us to slow down')
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function read(backend: StorageBackend, locator: string): Promise<string> {
  const answer = await backend.retrieve(locator)
  if (answer.state === 'pending') throw new Error('pending')
  return Buffer.from(await collect(answer.value, 100)).toString()
}

/** What was read before the stream threw, and what it threw. */
async function readUntilError(bytes: Bytes): Promise<{ read: string; error: unknown }> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of bytes) chunks.push(chunk)
  } catch (error) {
    return { read: Buffer.concat(chunks).toString(), error }
  }
  throw new Error('the stream ended well')
}

async function scripted(
  faults: readonly Fault[],
): Promise<{ backend: ReturnType<typeof faultyBackend>; inner: StorageBackend }> {
  const inner = memoryBackend()
  await inner.put('there', single(content))
  return { backend: faultyBackend(inner, faults), inner }
}

describe('a faulty backend', () => {
  it('rejects as often as it was told, and then works', async () => {
    const { backend } = await scripted([{ method: 'stat', fault: 'reject', error: refusal, times: 2 }])
    await expect(backend.stat('there')).rejects.toBe(refusal)
    await expect(backend.stat('there')).rejects.toBe(refusal)
    expect(backend.unhit()).toHaveLength(0)
    await expect(backend.stat('there')).resolves.toMatchObject({ state: 'ready' })
  })

  it('lets calls pass to reach a later one', async () => {
    const { backend } = await scripted([
      { method: 'stat', fault: 'pass', times: 2 },
      { method: 'stat', fault: 'reject', error: refusal },
    ])
    await backend.stat('there')
    await backend.stat('there')
    await expect(backend.stat('there')).rejects.toBe(refusal)
  })

  it('hits only the blob that a fault is aimed at, and tells what was not hit', async () => {
    const fault: Fault = { method: 'put', of: 'manifests/', fault: 'reject', error: refusal }
    const { backend } = await scripted([fault])
    await backend.put('archive', single(content))
    expect(backend.unhit()).toEqual([fault])
    await expect(backend.put('manifests/archive', single(content))).rejects.toBe(refusal)
    expect(backend.unhit()).toEqual([])
  })

  it('cuts a put off and stores nothing of it', async () => {
    const { backend, inner } = await scripted([{ method: 'put', fault: 'cut', after: 4, error: refusal }])
    await expect(backend.put('cut', single(content))).rejects.toBe(refusal)
    await expect(inner.stat('cut')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('cuts a stream off after exactly so many bytes', async () => {
    const { backend } = await scripted([{ method: 'retrieve', fault: 'cut', after: 4, error: refusal }])
    const answer = await backend.retrieve('there')
    if (answer.state === 'pending') throw new Error('pending')
    expect(await readUntilError(answer.value)).toEqual({ read: '0123', error: refusal })
  })

  it('cuts a listing off after so many blobs', async () => {
    const { backend } = await scripted([{ method: 'list', fault: 'cut', after: 1, error: refusal }])
    await backend.put('zoo', single(content))
    const answer = await backend.list()
    if (answer.state === 'pending') throw new Error('pending')
    const names: string[] = []
    const reading = async (): Promise<void> => {
      for await (const { name } of answer.value) names.push(name)
    }
    await expect(reading()).rejects.toBe(refusal)
    expect(names).toEqual(['there'])
  })

  it('does the thing and loses the answer', async () => {
    const { backend, inner } = await scripted([{ method: 'put', fault: 'lose answer', error: refusal }])
    await expect(backend.put('lost', single(content))).rejects.toBe(refusal)
    expect(await read(inner, inner.locate('lost')!)).toBe('0123456789')
  })

  it.each([
    { fault: 'drop last byte', stored: '012345678' },
    { fault: 'flip bit', stored: '1123456789' },
  ] as const)('stores altered bytes ($fault) and says so, or lies', async ({ fault, stored }) => {
    const { backend, inner } = await scripted([
      { method: 'put', fault, answer: 'stored' },
      { method: 'put', fault, answer: 'sent' },
    ])
    const honest = await backend.put('honest', single(content))
    expect(honest).toMatchObject({ size: stored.length, sha256: sha256(Buffer.from(stored)) })
    const lie = await backend.put('lie', single(content))
    expect(lie).toMatchObject({ size: content.length, sha256: sha256(content) })
    expect(await read(inner, honest.locator)).toBe(stored)
    expect(await read(inner, lie.locator)).toBe(stored)
  })

  it('gives altered bytes back as if all were well', async () => {
    const { backend } = await scripted([
      { method: 'retrieve', fault: 'drop last byte' },
      { method: 'retrieve', fault: 'flip bit', at: 9 },
    ])
    expect(await read(backend, 'there')).toBe('012345678')
    expect(await read(backend, 'there')).toBe('0123456788')
    expect(await read(backend, 'there')).toBe('0123456789')
  })

  it('hangs until the signal is aborted', async () => {
    const { backend, inner } = await scripted([
      { method: 'put', fault: 'hang' },
      { method: 'put', fault: 'stall', after: 3 },
    ])
    for (const name of ['hung', 'stalled']) {
      const controller = new AbortController()
      const put = backend.put(name, single(content), { signal: controller.signal })
      controller.abort()
      await expect(put).rejects.toMatchObject({ code: 'INTERRUPTED' })
      await expect(inner.stat(name)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
    expect(backend.unhit()).toEqual([])
  })
})

describe('a cold backend', () => {
  it('thaws when its clock comes to the expected time, and sleeps again when the copy expires', async () => {
    let now = new Date('2026-01-01T00:00:00Z')
    const backend = coldBackend(memoryBackend(), { now: () => now, thawHours: 5, keepHours: 24 })
    const { locator } = await backend.put('archive', single(content))
    const first = await backend.retrieve(locator)
    if (first.state === 'ready') throw new Error('ready')
    const { ticket } = first
    expect(first.expectedAt).toEqual(new Date('2026-01-01T05:00:00Z'))
    now = new Date('2026-01-01T04:59:59Z')
    expect(await backend.retrieve(locator, { ticket })).toEqual({ ...first })
    now = new Date('2026-01-01T05:00:00Z')
    expect(await backend.retrieve(locator, { ticket })).toMatchObject({
      state: 'ready',
      expiresAt: new Date('2026-01-02T05:00:00Z'),
    })
    expect(backend.begun()).toBe(1)
    now = new Date('2026-01-02T05:00:00Z')
    const lapsed = await backend.retrieve(locator, { ticket })
    expect(lapsed).toMatchObject({ state: 'pending', expectedAt: new Date('2026-01-02T10:00:00Z') })
    expect(backend.begun()).toBe(2)
  })

  it('refuses the ticket of another blob or range', async () => {
    const backend = coldBackend(memoryBackend())
    await backend.put('one', single(content))
    await backend.put('two', single(content))
    const answer = await backend.retrieve('one')
    if (answer.state === 'ready') throw new Error('ready')
    const { ticket } = answer
    await expect(backend.retrieve('two', { ticket })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(backend.retrieve('one', { ticket, range: { start: 1 } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('is waited for by asking with its ticket', async () => {
    const backend = coldBackend(memoryBackend())
    const { locator } = await backend.put('archive', single(content))
    const ready = await waitUntilReady((ticket) => backend.retrieve(locator, ticket === undefined ? {} : { ticket }), {
      pause: () =>
        Promise.resolve().then(() => {
          backend.thaw()
        }),
    })
    expect(await collect(ready.value, 100)).toEqual(content)
    expect(backend.begun()).toBe(1)
  })
})

describe('a backend in memory', () => {
  it('shares nothing with another', async () => {
    await memoryBackend().put('a', single(content))
    await expect(memoryBackend().stat('a')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('takes its dates from the clock it was given', async () => {
    const now = new Date('2026-01-01T00:00:00Z')
    expect(await memoryBackend({ now: () => now }).put('a', single(content))).toMatchObject({ storedAt: now })
  })
})
