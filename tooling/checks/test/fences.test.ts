import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { compile } from './support/compile.js'
import { documents, fences, type Fence } from './support/markdown.js'
import { packages, root } from './support/repository.js'
import { privateEnvironment, run } from './support/run.js'
import { withScratch } from './support/scratch.js'

/** Where a snippet lies while it is checked, so that what it imports resolves as it would for its reader. */
function homeOf(fence: Fence): string {
  const owner = packages.find(({ directory }) => fence.document.startsWith(`${directory}/`))
  if (owner !== undefined) return owner.directory
  const imported = [...fence.code.matchAll(/from '((?:@bakthat\/)?[\w-]+)'/g)].map((match) => match[1])
  return (
    packages.find(({ name, manifest }) => manifest.private !== true && imported.includes(name))?.directory ??
    'apps/examples'
  )
}

const snippets = documents()
  .flatMap(fences)
  .filter(({ language }) => language === 'ts')
  .map((fence) => {
    const name = `${fence.document.replaceAll(/\W/g, '-')}-${fence.line}`
    return {
      ...fence,
      title: `${fence.document}:${fence.line}`,
      path: join(root, homeOf(fence), '.fences', `${name}.ts`),
    }
  })

const folders = new Set(snippets.map(({ path }) => dirname(path)))
const removeFolders = (): void => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

describe('the snippets of the documentation', () => {
  let complaints: ReadonlyMap<string, readonly string[]> = new Map()

  beforeAll(() => {
    removeFolders()
    for (const folder of folders) mkdirSync(folder)
    // Empty lines first: what the compiler says of line 40 is about line 40 of the document.
    for (const { path, line, code } of snippets) writeFileSync(path, '\n'.repeat(line - 1) + code)
    complaints = compile(snippets.map(({ path }) => path))
  })
  afterAll(removeFolders)

  it('are there to be checked', () => {
    expect(snippets.length).toBeGreaterThan(0)
  })

  it.each(snippets)('$title type-checks', ({ path }) => {
    expect(complaints.get(path) ?? []).toEqual([])
  })

  it.each(snippets)('$title runs', async ({ path }) => {
    const outcome = await withScratch((home) =>
      run(process.execPath, [path.replace(/\.ts$/, '.js')], { cwd: home, env: privateEnvironment(home) }),
    )
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
  })
})
