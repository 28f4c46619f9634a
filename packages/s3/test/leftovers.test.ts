import { describe, expect, it } from '@jest/globals'
import { settableClock } from '@bakthat/emulator/s3'
import type { Leftover } from '@bakthat/storage'

import { begin, inBucket, onEmulated, sendPart } from './emulated.js'
import { noise } from './bytes.js'

async function all(leftovers: AsyncIterable<Leftover>): Promise<Leftover[]> {
  const listed: Leftover[] = []
  for await (const one of leftovers) listed.push(one)
  return listed
}

describe('leftovers', () => {
  it('are the uploads under the prefix that nobody finished, of every page, with name and time', () =>
    onEmulated(
      async (_, at) => {
        const backend = at.open({ prefix: 'p a/' })
        for (const key of ['p a/ü+%', 'p a/b', 'p a/b', 'p a/c', 'q/d', 'p a/', 'p a/x//y']) await begin(at, key)
        const found = await all(backend.leftovers())
        expect(found.map(({ name }) => name)).toEqual(['b', 'b', 'c', 'ü+%'])
        expect(found[0]).toMatchObject({ kind: 'unfinished upload', writtenAt: expect.any(Date) })
        for (const { id } of found) {
          await backend.removeLeftover(id)
          await backend.removeLeftover(id)
        }
        expect(inBucket(at).uploads.toSorted()).toEqual(['p a/', 'p a/x//y', 'q/d'])
      },
      {},
      { limits: { page: 2 } },
    ))

  it('are as old as their newest part, on whatever page that is: one of last week may be under way', () =>
    onEmulated(
      async (backend, at) => {
        const { clock } = at.server
        clock.set(new Date('2026-03-01T00:00:00Z'))
        await begin(at, 'idle', 1)
        const busy = await begin(at, 'many terabytes', 4)
        await begin(at, 'no part yet')
        clock.set(new Date('2026-03-08T12:00:00Z'))
        await sendPart(at, 'many terabytes', busy, 5)
        const found = await all(backend.leftovers())
        expect(found.map(({ name, writtenAt }) => [name, writtenAt?.toISOString()])).toEqual([
          ['idle', '2026-03-01T00:00:00.000Z'],
          ['many terabytes', '2026-03-08T12:00:00.000Z'],
          ['no part yet', '2026-03-01T00:00:00.000Z'],
        ])
      },
      {},
      { limits: { page: 2 }, clock: settableClock(new Date('2026-03-01T00:00:00Z')) },
    ))

  it('are not told where they ended meanwhile', () =>
    onEmulated(async (backend, at) => {
      for (const key of ['a', 'b']) await begin(at, key)
      const found: string[] = []
      for await (const { name } of backend.leftovers()) {
        found.push(name)
        await backend.remove(backend.locate('b')!)
      }
      expect(found).toEqual(['a'])
    }))

  it('of a bucket that is not there cannot be told', () =>
    onEmulated(async (_, at) => {
      await expect(all(at.open({ bucket: 'never-made' }).leftovers())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }))

  it('are known by ids of their own', () =>
    onEmulated(async (backend) => {
      await expect(backend.removeLeftover('name')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await expect(backend.removeLeftover('../x%00id')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }))

  it('of one blob go with it, whatever page they are on', () =>
    onEmulated(
      async (backend, at) => {
        for (const key of ['blob', 'blob', 'blob', 'blob2']) await begin(at, key)
        await backend.write('blob', noise(10))
        await backend.remove(backend.locate('blob')!)
        expect(inBucket(at)).toEqual({ objects: [], uploads: ['blob2'] })
      },
      {},
      { limits: { page: 2 } },
    ))
})
