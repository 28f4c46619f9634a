import { rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, migrate, restore, type DestinationContext } from '@bakthat/core'
import { openLocal } from '@bakthat/local'
import { describeTree, makeTree, storedNames, testEngine, type TestEngine } from './engine.js'

/** A backup in memory, and a directory to copy it to. */
async function started(engine: TestEngine): Promise<{ to: DestinationContext; tree: string; copy: string }> {
  const tree = await makeTree(join(engine.directory, 'site'))
  const { storedFilename } = await backup(engine, tree)
  const store = join(engine.directory, 'store')
  return { to: { ...engine, backend: openLocal(store) }, tree, copy: join(store, storedFilename) }
}

const deleteSource = true

describe('migrate', () => {
  it('leaves a backup that restores as the original did, and removes that', async () => {
    await using engine = await testEngine()
    const { to, tree } = await started(engine)
    const { copied, removed } = await migrate(engine, to, { deleteSource })
    expect([copied.length, removed.length]).toEqual([1, 1])
    expect(await storedNames(engine.backend)).toEqual([])
    await restore(to, 'site', { to: join(engine.directory, 'again') })
    expect(await describeTree(join(engine.directory, 'again', 'site'))).toEqual(await describeTree(tree))
  })

  it('copies nothing twice', async () => {
    await using engine = await testEngine()
    const { to } = await started(engine)
    await migrate(engine, to)
    expect(await migrate(engine, to)).toMatchObject({ copied: [], present: [{ filename: 'site' }], failed: [] })
  })

  it.each([
    ['was removed', (copy: string) => rm(copy)],
    ['was cut short', (copy: string) => truncate(copy, 10)],
  ])('keeps the original where its copy %s meanwhile', async (_, harm) => {
    await using engine = await testEngine()
    const { to, copy } = await started(engine)
    await migrate(engine, to)
    const before = await storedNames(engine.backend)
    await harm(copy)
    expect(await migrate(engine, to, { deleteSource })).toMatchObject({
      present: [],
      removed: [],
      failed: [{ backup: { filename: 'site' }, problem: { code: 'INTEGRITY' } }],
    })
    expect(await storedNames(engine.backend)).toEqual(before)
  })
})
