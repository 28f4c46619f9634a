import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The range of a package that this program is made with, as its manifest has it. */
export function rangeOf(name: string): string {
  const { dependencies, devDependencies } = readManifest(new URL('../package.json', import.meta.url))
  const range = dependencies[name] ?? devDependencies[name]
  if (range === undefined) throw new Error(`the manifest does not have ${name}`)
  return isOfWorkspace(range) ? `^${installedVersionOf(name)}` : range
}

/** In a checkout the manifest says where to look; it has ranges once it is packed. */
function isOfWorkspace(range: string): boolean {
  return /^(workspace|catalog):/.test(range)
}

function installedVersionOf(name: string): string {
  return readManifest(createRequire(import.meta.url).resolve(`${name}/package.json`)).version
}

function readManifest(file: string | URL): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest
}
