import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { backup, survey, type Progress } from '@bakthat/core'
import { createEvents } from '@bakthat/events'
import { openLocal } from '@bakthat/local'
import { memoryBackend } from '@bakthat/storage-testing'
import { altered, makeTree, testEngine } from './engine.js'

describe('a survey', () => {
  it('tells what a backup then holds, and what it leaves out', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    await writeFile(join(tree, '.gitignore'), '*.bin\n')
    const options = { name: 'web', exclude: ['link'] }
    const told: string[] = []
    const found = await survey(engine, tree, { ...options, onNotice: (notice) => told.push(notice) })
    const file = join(tree, '.gitignore')
    expect(found).toMatchObject({
      name: 'web',
      excludeFile: file,
      leftOut: [
        { path: 'site/sub/link', reason: 'pattern', pattern: 'link' },
        { path: 'site/sub/noise.bin', reason: 'pattern', pattern: '*.bin' },
      ],
      warnings: [],
    })
    expect(told).toEqual([`leaving out what ${file} lists`])
    const { entries, files, bytesRead } = await backup(engine, tree, options)
    expect(found).toMatchObject({ entries, files, bytes: bytesRead })
  })

  it('touches and announces nothing, and asks nothing of the destination', async () => {
    const refused = (): Promise<never> => Promise.reject(new Error('asked'))
    const methods = { put: refused, retrieve: refused, list: refused, stat: refused, remove: refused }
    const events = createEvents()
    const heard: string[] = []
    for (const name of ['before_backup', 'on_backup', 'on_error'] as const) events.on(name, () => void heard.push(name))
    await using engine = await testEngine({ backend: altered(memoryBackend(), methods), events })
    await survey(engine, await makeTree(join(engine.directory, 'site')))
    expect(heard).toEqual([])
    expect(engine.catalog.find({ status: ['pending', 'complete', 'deleted'] })).toEqual([])
  })

  it('leaves out the destination that lies inside, and refuses to look at the destination itself', async () => {
    await using engine = await testEngine()
    const tree = await makeTree(join(engine.directory, 'site'))
    await mkdir(join(tree, 'store'))
    await writeFile(join(tree, 'store', 'old.tar.zst'), 'x'.repeat(1_000_000))
    const inside = { ...engine, backend: openLocal(join(tree, 'store')) }
    expect(await survey(inside, tree)).toMatchObject({ files: 3, bytes: 300_006, leftOut: [] })
    await expect(survey(inside, join(tree, 'store'))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(survey(engine, join(tree, 'nowhere'))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('says how far it is', async () => {
    await using engine = await testEngine()
    const tree = join(engine.directory, 'many')
    await mkdir(tree)
    await Promise.all(Array.from({ length: 2100 }, (_, index) => writeFile(join(tree, String(index)), 'ab')))
    const told: Progress[] = []
    await survey(engine, tree, { onProgress: (progress) => told.push(progress) })
    expect(told).toMatchObject([{ phase: 'surveying', files: 1999, bytes: 3998 }])
  })
})
