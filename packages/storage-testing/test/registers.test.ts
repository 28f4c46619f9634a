import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import { checkBlobName, throwIfAborted, type Registers, type StorageBackend } from '@bakthat/storage'
import { describeRegisters, memoryBackend, type Fixture } from '@bakthat/storage-testing'

type Options = Parameters<Registers['write']>[2]

/** A backend in memory whose blobs can be replaced, as it should be or broken. */
function withRegisters(change: (whole: Registers) => Partial<Registers> = () => ({})): Promise<Fixture> {
  const inner = memoryBackend()
  const current = async (name: string, { signal, ifMatch }: NonNullable<Options> = {}): Promise<Uint8Array | null> => {
    throwIfAborted(signal)
    checkBlobName(name)
    const answer = await inner.retrieve(name).catch(() => undefined)
    const bytes = answer?.state === 'ready' ? await joined(answer.value) : null
    if (ifMatch !== undefined && ifMatch !== (bytes && etagOf(bytes)))
      throw new BakthatError('ALREADY_EXISTS', `${name} is not what it was`)
    return bytes
  }
  const replace = async (name: string, bytes: Uint8Array | undefined, options: Options): Promise<void> => {
    await current(name, options)
    await inner.remove(name)
    if (bytes !== undefined) await inner.put(name, once(bytes))
  }
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const acting = turn.then(act)
    turn = acting.catch(() => undefined)
    return acting
  }
  const whole: Registers = {
    read: (name, options) =>
      inTurn(async () => {
        const bytes = await current(name, options)
        if (bytes === null) throw new BakthatError('NOT_FOUND', `there is no ${name}`)
        return { bytes, etag: etagOf(bytes) }
      }),
    write: (name, bytes, options) =>
      inTurn(async () => {
        await replace(name, bytes, options)
        return { etag: etagOf(bytes) }
      }),
    erase: (name, options) => inTurn(() => replace(name, undefined, options)),
  }
  const backend: StorageBackend & Registers = Object.assign(
    Object.create(inner) as StorageBackend,
    {
      capabilities: inner.capabilities,
      stat: inner.stat.bind(inner),
      retrieve: inner.retrieve.bind(inner),
      list: inner.list.bind(inner),
      locate: inner.locate.bind(inner),
      put: inner.put.bind(inner),
    },
    whole,
    change(whole),
  )
  return Promise.resolve({
    backend,
    reopen: () => Promise.resolve(backend),
    leftovers: () => Promise.resolve([]),
    dispose: () => Promise.resolve(),
  })
}

function etagOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function joined(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes)
}

describeRegisters('a backend in memory', { describe, it }, { create: () => withRegisters() })

const breaks: Readonly<Record<string, readonly [(whole: Registers) => Partial<Registers>, string]>> = {
  'does not look at the etag': [
    (whole) => ({ write: (name, bytes) => whole.write(name, bytes) }),
    'writes and erases only what the etag stands for',
  ],
  'looks at the etag too early': [
    (whole) => ({
      write: async (name, bytes, { ifMatch } = {}) => {
        const found = ifMatch === undefined ? undefined : await whole.read(name)
        if (found !== undefined && found.etag !== ifMatch) throw new BakthatError('ALREADY_EXISTS', 'it was replaced')
        return whole.write(name, bytes)
      },
    }),
    'loses none of the increments that many make at the same time',
  ],
  'replaces what should not be there': [
    (whole) => ({
      write: (name, bytes, options = {}) => whole.write(name, bytes, options.ifMatch === null ? {} : options),
    }),
    'writes and erases only where there is nothing when nothing is to match',
  ],
  'looks too early whether there is nothing': [
    (whole) => ({
      write: async (name, bytes, options = {}) => {
        if (options.ifMatch !== null) return whole.write(name, bytes, options)
        await whole.erase(name, { ifMatch: null })
        return whole.write(name, bytes)
      },
    }),
    'lets one of many write first where there is nothing',
  ],
  'keeps values where nobody finds them as blobs': [
    () => {
      const values = new Map<string, Uint8Array>()
      return {
        read: (name) => Promise.resolve({ bytes: values.get(name)!, etag: etagOf(values.get(name)!) }),
        write: (name, bytes) => {
          values.set(name, bytes)
          return Promise.resolve({ etag: etagOf(bytes) })
        },
      }
    },
    'is a blob like others to those who list, ask and retrieve',
  ],
  'lets a reader see half a value': [
    (whole) => ({
      write: async (name, bytes, options) => {
        await whole.write(name, bytes.subarray(1), options)
        return whole.write(name, bytes)
      },
    }),
    'gives a reader one whole value while others write',
  ],
  'forgets to erase': [
    () => ({ erase: () => Promise.resolve() }),
    'knows nothing of a name that was never written, or was erased',
  ],
}

describe('the suite for registers', () => {
  for (const [fault, [change, title]] of Object.entries(breaks)) {
    it(`finds a backend that ${fault}`, async () => {
      const bodies: (() => Promise<void>)[] = []
      const runner = {
        describe: (_: string, body: () => void) => {
          body()
        },
        it: (told: string, body: () => Promise<void>) => (told === title ? bodies.push(body) : 0),
      }
      describeRegisters('subject', runner, { create: () => withRegisters(change) })
      expect(bodies).toHaveLength(1)
      await expect(bodies[0]!()).rejects.toThrow()
    })
  }
})
