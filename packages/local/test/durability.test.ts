import { existsSync, readdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'

import { describe, expect, it } from '@jest/globals'
import { openLocal } from '@bakthat/local'
import { registers, single } from '@bakthat/storage'

import { onDisk, Place } from './place.js'

const bytes = Buffer.from('bytes')

/** What is made durable meanwhile, each with what is to be seen in the place by then. */
async function madeDurable(place: Place, act: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = []
  const beforeSync = (isDirectory: boolean): void => {
    const names = readdirSync(place.path).map((name) => (name.endsWith('.partial') ? 'partial' : name))
    seen.push([isDirectory ? 'directory' : 'file', ...names].join(' '))
  }
  await onDisk({ beforeSync }, act)
  return seen
}

describe('what is stored', () => {
  it.each([
    ['a blob', (path: string) => openLocal(path).put('a', single(bytes))],
    ['a value', (path: string) => registers(openLocal(path))!.write('a', bytes)],
  ])('is durable before it has its name, and its name before that is said: %s', async (_, store) => {
    await using place = await Place.make()
    expect(await madeDurable(place, () => store(place.path))).toEqual(['file partial', 'directory a'])
  })

  it('lies in directories that are durable', async () => {
    await using place = await Place.make()
    const seen = await madeDurable(place, () => openLocal(place.in('made')).put('a/b', single(bytes)))
    expect(seen).toEqual(['directory made', 'directory made', 'file made', 'directory made'])
  })

  it('is taken back where its name cannot be made durable', async () => {
    await using place = await Place.make()
    const beforeSync = (isDirectory: boolean): void => {
      if (isDirectory) throw Object.assign(new Error('EIO'), { code: 'EIO' })
    }
    const put = onDisk({ beforeSync }, () => openLocal(place.path).put('a', single(bytes)))
    await expect(put).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await readdir(place.path)).toEqual([])
  })

  it('does not appear where the call was interrupted while its bytes were made durable', async () => {
    await using place = await Place.make()
    const controller = new AbortController()
    const { signal } = controller
    const beforeSync = (): void => {
      controller.abort()
    }
    const put = onDisk({ beforeSync }, () => openLocal(place.path).put('a', single(bytes), { signal }))
    await expect(put).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(await readdir(place.path)).toEqual([])
  })
})

describe('what is removed', () => {
  it('stays so', async () => {
    await using place = await Place.make()
    const backend = openLocal(place.path)
    const { locator } = await backend.put('a', single(bytes))
    expect(await madeDurable(place, () => backend.remove(locator))).toEqual(['directory'])
    expect(existsSync(place.in('a'))).toBe(false)
  })
})
