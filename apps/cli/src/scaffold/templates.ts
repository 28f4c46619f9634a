import { readFile, readdir } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
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
      files.set(targetOf(relative(from, file)), filled(basename(file), renamed(await readFile(file, 'utf8'), name)))
    }
  }
  return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** npm leaves a `.gitignore` out of what it packs. */
function targetOf(path: string): string {
  return path === 'gitignore' ? '.gitignore' : path
}

function renamed(text: string, { word, className, keyPrefix }: ProjectName): string {
  return text
    .replaceAll('SamplePlugin', () => className)
    .replaceAll('sample_', () => keyPrefix)
    .replaceAll('sample', () => word)
}

/** The ranges of what a project depends on are those that this program is made with. */
function filled(file: string, text: string): string {
  return file === 'package.json'
    ? text.replaceAll(/"([^"]+)": "\*"/g, (_, name: string) => `"${name}": "${rangeOf(name)}"`)
    : text
}
