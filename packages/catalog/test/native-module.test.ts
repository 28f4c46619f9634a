import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const run = promisify(execFile)

/** Opens a catalog and prints what comes of it. */
const opener = `
  import { openCatalog } from './node_modules/@bakthat/catalog/dist/index.js'
  try {
    openCatalog({ path: 'catalog.sqlite' })
  } catch ({ code, message, hint }) {
    console.log(JSON.stringify({ code, message, hint }))
  }`

const told = {
  code: 'UNSUPPORTED',
  message: expect.stringContaining('better-sqlite3 was not built, or was built for another Node'),
  hint: expect.stringContaining('install Bakthat again'),
}

let project: string

/** An installation without the native module, as pnpm leaves it where nobody allowed it to build. */
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'bakthat-native-'))
  const modules = join(project, 'node_modules')
  await cp('dist', join(modules, '@bakthat/catalog/dist'), { recursive: true })
  await writeFile(join(modules, '@bakthat/catalog/package.json'), '{ "type": "module" }')
  await symlink(await realpath('node_modules/@bakthat/errors'), join(modules, '@bakthat/errors'))
  const sqlite = await realpath('node_modules/better-sqlite3')
  for (const part of ['lib', 'package.json'])
    await cp(join(sqlite, part), join(modules, 'better-sqlite3', part), { recursive: true })
  await symlink(join(dirname(sqlite), 'bindings'), join(modules, 'bindings'))
})

afterEach(() => rm(project, { recursive: true }))

describe('a catalog whose native module', () => {
  it('was not built says so, and what to do', async () => {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', opener], { cwd: project })
    expect(JSON.parse(stdout)).toEqual(told)
  })

  it('this Node cannot load says so, and what to do', async () => {
    const built = join(project, 'node_modules/better-sqlite3/build/Release')
    await mkdir(built, { recursive: true })
    await writeFile(join(built, 'better_sqlite3.node'), 'of another Node')
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', opener], { cwd: project })
    expect(JSON.parse(stdout)).toEqual(told)
  })
})
