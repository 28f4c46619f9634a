import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { compile } from './support/compile.js'
import { documents, fences, type Fence } from './support/markdown.js'
import { Place } from './support/place.js'
import { packages, root } from './support/repository.js'
import { privateEnvironment, run } from './support/run.js'
import { withScratch } from './support/scratch.js'
import { stepsOf, take, type Step } from './support/walkthrough.js'

/** Pages whose fences build on one another; those of all others stand alone. */
const walkthroughs: readonly string[] = ['docs/guide.md']

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

/** Where a snippet is put, which gives it JavaScript beside it. */
function pathOf(fence: Fence): string {
  return join(root, homeOf(fence), '.fences', `${fence.document.replaceAll(/\W/g, '-')}-${fence.line}.ts`)
}

const javascript = (path: string): string => path.replace(/\.ts$/, '.js')

const snippets = documents()
  .flatMap(fences)
  .filter(({ language }) => language === 'ts')
  .map((fence) => ({ ...fence, title: `${fence.document}:${fence.line}`, path: pathOf(fence) }))

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

  it.each(snippets.filter(({ document }) => !walkthroughs.includes(document)))('$title runs', async ({ path }) => {
    const outcome = await withScratch((home) =>
      run(process.execPath, [javascript(path)], { cwd: home, env: privateEnvironment(home) }),
    )
    expect(outcome).toMatchObject({ status: 0, stderr: '' })
  })

  describe.each(walkthroughs)('of %s, one after the other,', (document) => {
    const steps = stepsOf(document)
    const shown = new Map<Step, string>()

    beforeAll(
      () =>
        withScratch((home) =>
          Place.open(home, async (place) => {
            for (const step of steps)
              shown.set(step, await take(step, place, () => readFileSync(javascript(pathOf(step)), 'utf8')))
          }),
        ),
      240_000,
    )

    it.each(steps)('$title does what is shown', (step) => {
      expect(shown.get(step)).toBe(step.shows)
    })
  })
})
