import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import { single, type StorageBackend } from '@bakthat/storage'
import { examineBackend, faultyBackend, memoryBackend, type Examined } from '@bakthat/storage-testing'

async function examined(backend: StorageBackend, signal?: AbortSignal): Promise<Examined[]> {
  const found: Examined[] = []
  for await (const one of examineBackend(backend, { scratch: 'scratch/', ...(signal && { signal }) })) found.push(one)
  return found
}

async function names(backend: StorageBackend): Promise<string[]> {
  const listed = await backend.list()
  const found: string[] = []
  if (listed.state === 'ready') for await (const { name } of listed.value) found.push(name)
  return found
}

describe('examineBackend', () => {
  it('finds nothing wrong with a backend that keeps the contract, and leaves what it holds alone', async () => {
    const backend = memoryBackend()
    await backend.put('somebody’s', single(Buffer.from('data')))
    const found = await examined(backend)
    expect(found.filter(({ problem }) => problem !== undefined)).toEqual([])
    expect(new Set(found.map(({ group }) => group))).toEqual(
      new Set(['storing', 'naming', 'retrieving', 'removing', 'listing', 'opening and closing']),
    )
    expect(found.length).toBeGreaterThan(60)
    expect(await names(backend)).toEqual(['somebody’s'])
  })

  it('tells which sentence is broken and why, in one line, and goes on', async () => {
    const error = new BakthatError('UNAVAILABLE', 'the store is tired')
    const backend = faultyBackend(memoryBackend(), [{ method: 'put', of: 'sit', fault: 'reject', error }])
    const broken = (await examined(backend)).filter(({ problem }) => problem !== undefined)
    expect(broken).toEqual([
      { group: 'removing', title: 'removes that blob and no other', problem: 'the store is tired' },
    ])
  })

  it('tells of a store that overwrites', async () => {
    const inner = memoryBackend()
    const put: StorageBackend['put'] = async (name, bytes, options) => {
      await inner.remove(inner.locate(name)!)
      return inner.put(name, bytes, options)
    }
    const backend = Object.assign(inner.reopen(), { put })
    const problems = (await examined(backend)).filter(({ problem }) => problem !== undefined)
    expect(problems.map(({ title }) => title)).toContain(
      'keeps a blob as it was when its name is put again, or stores another where there are no names',
    )
    for (const { problem } of problems) expect(problem).not.toContain('\n')
  })

  it('stops between two sentences when it is told to, and removes what it wrote', async () => {
    const backend = memoryBackend()
    const controller = new AbortController()
    const stopping = async (): Promise<void> => {
      for await (const { group } of examineBackend(backend, { scratch: 's/', signal: controller.signal }))
        if (group === 'naming') controller.abort()
    }
    await expect(stopping()).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(await names(backend)).toEqual([])
  })
})
