import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openCatalog } from '@bakthat/catalog'
import { remove, rotate } from '@bakthat/core'
import { openLocal } from '@bakthat/local'
import { begun, storedNames, testEngine, type TestEngine } from './engine.js'
import { march, storedValue } from './stored.js'

const mayMount =
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' }).status === 0

const whereMounting = mayMount ? it : it.skip

/** An engine whose catalog is to lie on a small disk of its own, and its catalog opened anew. */
async function onDisk(act: (engine: TestEngine, disk: string, anew: () => TestEngine) => Promise<void>): Promise<void> {
  await using engine = await testEngine()
  const disk = join(engine.directory, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk])
  const open: { close(): void }[] = []
  const anew = (): TestEngine => {
    for (const catalog of open.splice(0)) catalog.close()
    const catalog = openCatalog({ path: join(disk, 'catalog.sqlite'), now: () => begun })
    open.push(catalog)
    return { ...engine, catalog }
  }
  try {
    await act(anew(), disk, anew)
  } finally {
    for (const catalog of open) catalog.close()
    execFileSync('umount', [disk])
  }
}

function fillUp(disk: string): void {
  expect(() => writeFileSync(join(disk, 'fill'), Buffer.alloc(2 << 20))).toThrow(
    expect.objectContaining({ code: 'ENOSPC' }),
  )
}

const noSpace = { code: 'NO_SPACE', message: expect.stringContaining('the disk is full') }

describe('a catalog whose disk is full', () => {
  whereMounting('has nothing removed that lies elsewhere: it could not tell of it', () =>
    onDisk(async (engine, disk, anew) => {
      await march(engine, 'site', 1, 3)
      await storedValue(engine, 'limits')
      const stored = await storedNames(engine.backend)
      anew()
      fillUp(disk)
      await expect(remove(anew(), 'site')).rejects.toMatchObject(noSpace)
      await expect(remove(anew(), 'limits')).rejects.toMatchObject(noSpace)
      const { removed, failed } = await rotate(anew(), 'site', { policy: { last: 1 } })
      expect({ removed, failed }).toMatchObject({ removed: [], failed: [{ problem: noSpace }, { problem: noSpace }] })
      expect(await storedNames(engine.backend)).toEqual(stored)
      expect(anew().catalog.find()).toHaveLength(4)
      rmSync(join(disk, 'fill'))
      expect(await remove(anew(), 'site')).toMatchObject({ status: 'deleted' })
    }),
  )

  whereMounting('gets its room from what is removed on the same disk', () =>
    onDisk(async (engine, disk, anew) => {
      const backend = openLocal(join(disk, 'backups'))
      await march({ ...engine, backend }, 'site', 1, 1)
      anew()
      fillUp(disk)
      expect(await remove({ ...anew(), backend }, 'site')).toMatchObject({ status: 'deleted' })
      expect(await storedNames(backend)).toEqual([])
    }),
  )
})
