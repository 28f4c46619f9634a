import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { BackendDefinition, PluginClass, PluginHost } from '@bakthat/plugin-sdk'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const home = fileURLToPath(new URL('..', import.meta.url))
const page = fileURLToPath(new URL('../../../docs/writing-a-backend.md', import.meta.url))
const run = promisify(execFile)

describe('the backend of docs/writing-a-backend.md', () => {
  let folder: string

  beforeAll(async () => {
    // Inside of the package, so that what the page imports is found.
    folder = await mkdtemp(join(home, 'dist/recipe-'))
    const [backend, test] = [...(await readFile(page, 'utf8')).matchAll(/^```typescript\n([\s\S]*?)^```$/gm)]
    await writeFile(join(folder, 'shelf.ts'), backend![1]!)
    await writeFile(join(folder, 'shelf.test.ts'), test![1]!)
    const options = { extends: '@bakthat/tsconfig/base.json', include: ['*.ts'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('compiles as it is printed and keeps the contract', async () => {
    const compiled = await run(join(home, 'node_modules/.bin/tsc'), ['-p', folder]).catch((error: unknown) => error)
    expect(compiled).toMatchObject({ stdout: '' })
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', join(folder, 'shelf.test.js')])
    expect(stdout).toMatch(/^# fail 0$/m)
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(80)
  })

  it('is opened with the keys of a profile, or says which one is wrong', async () => {
    const { ShelfPlugin } = (await import(join(folder, 'shelf.js'))) as { ShelfPlugin: PluginClass }
    const added: BackendDefinition[] = []
    const host: Partial<PluginHost> = { backends: { add: (definition) => added.push(definition) } }
    await new ShelfPlugin(host as PluginHost).activate()
    const [shelf] = added
    expect(await shelf!.open({ shelf_name: 'attic' })).toMatchObject({ scheme: 'shelf', container: 'attic' })
    const wrong = { code: 'INVALID_CONFIG', message: 'shelf: shelf_name is not a string' }
    await expect(shelf!.open({ shelf_name: 7 })).rejects.toMatchObject(wrong)
  })
})
