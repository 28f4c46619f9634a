import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const packages = join(import.meta.dirname, '../../../../packages')

export interface Library {
  readonly folder: string
  readonly name: string
}

/** Every library that is published. */
export const libraries: readonly Library[] = readdirSync(packages)
  .map((folder) => ({
    folder,
    ...(JSON.parse(readText(folder, 'package.json')) as { name: string; private?: boolean }),
  }))
  .filter((manifest) => manifest.private !== true)
  .map(({ folder, name }) => ({ folder, name }))

/** The names under which a library exports things: its `index.ts` does nothing else. */
export function exportsOf(folder: string): readonly string[] {
  const lists = [...readText(folder, 'src/index.ts').matchAll(/export (?:type )?\{([^}]*)\}/g)].map(
    (match) => match[1]!,
  )
  return lists
    .flatMap((list) => list.split(','))
    .map((item) => item.trim().replace(/^(type |.* as )/, ''))
    .filter((name) => name !== '')
}

function readText(folder: string, file: string): string {
  return readFileSync(join(packages, folder, file), 'utf8')
}
