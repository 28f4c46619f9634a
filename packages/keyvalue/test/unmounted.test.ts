import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openCatalog } from '@bakthat/catalog'
import { withStore, type Place } from './place.js'

/** Leaves what is seen of a mount point without its disk, and gives a way to mount it again. */
async function unmount({ conf: { local_dir: mount } }: Place): Promise<() => Promise<void>> {
  await rename(mount, `${mount}.away`)
  await mkdir(mount)
  return async () => {
    await rmdir(mount)
    await rename(`${mount}.away`, mount)
  }
}

function noteBackup({ conf }: Place): void {
  const catalog = openCatalog({ path: conf.database })
  catalog.record({
    backend: 'local',
    container: conf.local_dir,
    backupDate: new Date('2026-03-18T11:30:00Z'),
    filename: 'site',
    storedFilename: 'site.20260318113000.tar.zst',
    tags: [],
    metadata: {},
    host: 'tests',
    pid: 1,
    size: 1,
    locator: 'site.20260318113000.tar.zst',
  })
  catalog.close()
}

describe('a disk that is not mounted', () => {
  it('gets no value: it would be set below the place where the disk belongs', () =>
    withStore(async (kv, place) => {
      await kv.setKey('limits', { cpu: 4 })
      const listed = place.rows()
      const mountAgain = await unmount(place)
      await expect(kv.setKey('other', 1)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: `${place.conf.local_dir} is empty, where the catalog knows limits`,
        hint: expect.stringContaining('is the disk mounted?'),
      })
      await expect(kv.setKey('limits', 1, { ifMatch: null })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      expect(await readdir(place.conf.local_dir)).toEqual([])
      expect(place.rows()).toEqual(listed)
      await mountAgain()
      await kv.setKey('limits', { cpu: 8 })
      expect(await kv.getKey('limits')).toEqual({ cpu: 8 })
    }))

  it('gets none either where only backups were stored on it, and where the directory itself lies on the disk', () =>
    withStore(async (kv, place) => {
      noteBackup(place)
      await expect(kv.setKey('limits', 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      await expect(readdir(place.conf.local_dir)).rejects.toMatchObject({ code: 'ENOENT' })
    }))
})

describe('a directory that is there', () => {
  it('takes values though the one that was set last was removed by hand', () =>
    withStore(async (kv, { conf }) => {
      await kv.setKey('first', 1)
      await kv.setKey('last', 1)
      await rm(join(conf.local_dir, 'last'))
      await kv.setKey('last', 2)
      expect(await kv.getKey('last')).toBe(2)
    }))

  it('takes values though only others have anything in it', () =>
    withStore(async (kv, { conf }) => {
      await kv.setKey('mine', 1)
      await rm(join(conf.local_dir, 'mine'))
      await writeFile(join(conf.local_dir, 'theirs'), '1')
      await kv.setKey('mine', 2)
      expect(await kv.getKey('mine')).toBe(2)
    }))

  it('takes values though it is empty, once the catalog knows that', () =>
    withStore(async (kv, { conf }) => {
      await kv.setKey('limits', 1)
      await rm(conf.local_dir, { recursive: true })
      await kv.deleteKey('limits')
      await kv.setKey('limits', 2)
      expect(await kv.getKey('limits')).toBe(2)
    }))
})
