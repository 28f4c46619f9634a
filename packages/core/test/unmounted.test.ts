import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { backup, migrate, type DestinationContext } from '@bakthat/core'
import { openLocal } from '@bakthat/local'
import { begun, makeTree, testEngine, type TestEngine } from './engine.js'
import { march, storedValue } from './stored.js'

/** A place where a disk is mounted, and a backup on it. */
async function mounted(engine: TestEngine): Promise<{ mount: string; tree: string; disk: DestinationContext }> {
  const mount = join(engine.directory, 'mount')
  const tree = await makeTree(join(engine.directory, 'site'))
  const disk = { ...engine, backend: openLocal(join(mount, 'backups')) }
  await backup(disk, tree)
  return { mount, tree, disk }
}

/** The same on the next day. */
function later(context: DestinationContext): DestinationContext {
  return { ...context, now: () => new Date(begun.getTime() + 86_400_000) }
}

/** What is left of it without the disk, and a way to mount it again. */
async function unmount(mount: string): Promise<() => Promise<void>> {
  await rename(mount, `${mount}.away`)
  await mkdir(mount)
  return async () => {
    await rmdir(mount)
    await rename(`${mount}.away`, mount)
  }
}

describe('a disk that is not mounted', () => {
  it('gets no backup: it would be stored below the place where the disk belongs', async () => {
    await using engine = await testEngine()
    const { mount, tree, disk } = await mounted(engine)
    const mountAgain = await unmount(mount)
    await expect(backup(disk, tree)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `${join(mount, 'backups')} is empty, where the catalog knows a backup`,
    })
    expect(await readdir(mount)).toEqual([])
    expect(engine.catalog.find({ status: ['pending', 'complete'] })).toHaveLength(1)
    await mountAgain()
    expect((await backup(disk, tree)).status).toBe('complete')
  })

  it('is none that is missed where only values of keys were ever stored', async () => {
    await using engine = await testEngine()
    const disk = { ...engine, backend: openLocal(join(engine.directory, 'values')) }
    const { locator } = await storedValue(disk, 'limits')
    await disk.backend.remove(locator!)
    expect((await backup(disk, await makeTree(join(engine.directory, 'site')))).status).toBe('complete')
  })

  it('is looked for by the newest backup, whatever values were stored since, and of all rows only the newest are read', async () => {
    await using engine = await testEngine()
    const disk = { ...engine, backend: openLocal(join(engine.directory, 'store')) }
    await march(disk, 'old', 1, 5)
    for (let count = 0; count < 12; count++) await storedValue(disk, `limits ${count}`)
    const asked = jest.spyOn(engine.catalog, 'find')
    expect((await backup(disk, await makeTree(join(engine.directory, 'site')))).status).toBe('complete')
    const ofComplete = asked.mock.calls.flatMap(([query]) => (query?.status === undefined ? [query] : []))
    expect(ofComplete.map((query) => query?.limit)).toEqual([1, 10, 100])
  })

  it('is not taken for mounted because somebody put a mark or a value there, and loses no pending backup', async () => {
    await using engine = await testEngine()
    const { mount, tree, disk } = await mounted(engine)
    const { storedFilename } = engine.catalog.newest()!
    const about = { backend: 'local', container: disk.backend.container, filename: 'site', tags: [], metadata: {} }
    const pending = { ...about, backupDate: begun, storedFilename: `other-${storedFilename}`, host: 'tests', pid: 1 }
    engine.catalog.begin(pending)
    await unmount(mount)
    await mkdir(join(mount, 'backups'))
    await writeFile(join(mount, 'backups', 'NOT_MOUNTED'), '')
    await expect(backup({ ...disk, isAlive: () => false }, tree)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await readdir(join(mount, 'backups'))).toEqual(['NOT_MOUNTED'])
    expect(engine.catalog.find({ status: ['pending'] })).toHaveLength(1)
  })

  it('gets none either where the directory itself is the mount point, and there', async () => {
    await using engine = await testEngine()
    const { mount, tree, disk } = await mounted(engine)
    await rename(join(mount, 'backups'), join(mount, 'away'))
    await mkdir(join(mount, 'backups'))
    await expect(backup(disk, tree)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await readdir(join(mount, 'backups'))).toEqual([])
  })

  it('gets none that is copied to it', async () => {
    await using engine = await testEngine()
    const { mount, tree, disk } = await mounted(engine)
    await backup(later(engine), tree)
    await unmount(mount)
    await expect(migrate(engine, disk)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await readdir(mount)).toEqual([])
  })
})

describe('a directory that is there', () => {
  it('takes backups though its newest one was removed by hand', async () => {
    await using engine = await testEngine()
    const { mount, tree, disk } = await mounted(engine)
    const { storedFilename } = await backup(later(disk), tree)
    await rm(join(mount, 'backups', storedFilename))
    expect((await backup(disk, tree)).status).toBe('complete')
  })

  it('takes backups though it is empty, once the catalog knows that', async () => {
    await using engine = await testEngine()
    const { mount, tree, disk } = await mounted(engine)
    await rm(join(mount, 'backups'), { recursive: true })
    for (const { id } of engine.catalog.find()) engine.catalog.markDeleted(id)
    expect((await backup(disk, tree)).status).toBe('complete')
  })
})
