import { cpSync, symlinkSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { packages, published, root, type Manifest } from './support/repository.js'
import { run } from './support/run.js'
import { withScratch } from './support/scratch.js'

describe('changeset version', () => {
  const releases = new Map<string, { readonly version: string; readonly changelog: string }>()

  beforeAll(() =>
    withScratch(async (copy) => {
      copyManifests(copy)
      const changesets = join(copy, 'node_modules/@changesets/cli/bin.js')
      const versioned = await run(process.execPath, [changesets, 'version'], { cwd: copy })
      expect(versioned).toMatchObject({ status: 0 })
      for (const { name, directory } of packages) {
        const { version } = JSON.parse(await readFile(join(copy, directory, 'package.json'), 'utf8')) as Manifest
        const changelog = await readFile(join(copy, directory, 'CHANGELOG.md'), 'utf8').catch(() => '')
        releases.set(name, { version, changelog })
      }
    }),
  )

  it.each(published.map(({ name, manifest }) => [name, manifest.version] as const))(
    'gives %s a version, and says in its changelog what it brings',
    (name, current) => {
      const { version, changelog } = releases.get(name)!
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
      if (current === '0.0.0') expect(version).not.toBe(current)
      if (version !== current) expect(changelog).toContain(`# ${name}\n\n## ${version}\n`)
      if (current === '0.0.0') expect(changelog).toMatch(/^### (Major|Minor) Changes\n\n- \S/m)
    },
  )

  it('leaves alone what is not published', () => {
    const others = packages.filter(({ manifest }) => manifest.private === true)
    expect(others.map(({ name }) => releases.get(name)!.version)).toEqual(
      others.map(({ manifest }) => manifest.version),
    )
  })
})

/** What changesets reads and writes: the manifests, its own folder, and nothing of the repository's history. */
function copyManifests(to: string): void {
  const files = packages.map(({ directory }) => `${directory}/package.json`)
  for (const path of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.changeset', ...files]) {
    cpSync(join(root, path), join(to, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'))
}
