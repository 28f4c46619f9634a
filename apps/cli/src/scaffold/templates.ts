import { readFile, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProjectName } from './project-name.js'
import { rangeOf } from './ranges.js'

/** Paths below the project, and texts. */
export type Files = ReadonlyMap<string, string>

/** What a project begins with: the files of `templates/`, which is a plugin called sample, under its own name. */
export async function projectFiles(name: ProjectName, kind: 'hook' | 'backend'): Promise<Files> {
  const files = new Map<string, string>()
  for (const folder of ['shared', kind]) {
    const from = join(fileURLToPath(new URL('../templates', import.meta.url)), folder)
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      const path = relative(from, file)
      const text = renamed(await readFile(file, 'utf8'), name)
      files.set(realNames.get(path) ?? path, path === 'manifest.json' ? withRanges(text) : text)
    }
  }
  return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** npm leaves a `.gitignore` out of what it packs, and takes every `package.json` for that of a package. */
const realNames: ReadonlyMap<string, string> = new Map([
  ['gitignore', '.gitignore'],
  ['manifest.json', 'package.json'],
])

function renamed(text: string, { word, className, keyPrefix }: ProjectName): string {
  return text
    .replaceAll('SamplePlugin', () => className)
    .replaceAll('sample_', () => keyPrefix)
    .replaceAll('sample', () => word)
}

/** The ranges of what a project depends on are those that this program is made with. */
function withRanges(manifest: string): string {
  return manifest.replaceAll(/"([^"]+)": "\*"/g, (_, name: string) => `"${name}": "${rangeOf(name)}"`)
}
