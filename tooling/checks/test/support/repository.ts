import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../../../..')

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly type?: string
  readonly license?: string
  readonly description?: string
  readonly sideEffects?: boolean
  readonly files?: readonly string[]
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, unknown>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
  readonly repository?: { readonly type?: string; readonly url?: string; readonly directory?: string }
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

export interface Package {
  readonly name: string
  /** Relative to the root: `packages/core`. */
  readonly directory: string
  readonly path: string
  readonly manifest: Manifest
}

/** Every package of the workspace, published or not. */
export const packages: readonly Package[] = ['packages', 'apps', 'tooling'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((directory) => existsSync(join(root, directory, 'package.json')))
    .map(readPackage),
)

/** Those that are published. */
export const published: readonly Package[] = packages.filter(({ manifest }) => manifest.private !== true)

/** Published packages that can be imported: all but the command. */
export const libraries: readonly Package[] = published.filter(({ manifest }) => manifest.exports?.['.'] !== undefined)

function readPackage(directory: string): Package {
  const manifest = JSON.parse(readText(`${directory}/package.json`)) as Manifest
  return { name: manifest.name, directory, path: join(root, directory), manifest }
}

/** A file of the repository as text. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** What an installation of this package brings along. */
export function runtimeDependencies({ manifest }: Package): readonly string[] {
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies })
}

/** What its tests and its build take. */
export function developmentDependencies({ manifest }: Package): readonly string[] {
  return Object.keys(manifest.devDependencies ?? {})
}

/** Files that are in the repository, or would be with the next commit; relative to the root. */
export function repositoryFiles(): readonly string[] {
  // The checkout may belong to somebody else, as it does in containers.
  const args = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(join(root, path)))
}

/** TypeScript and JavaScript files in one of a package's folders, relative to the root. */
export function sourceFiles({ directory, path }: Package, folder: string): readonly string[] {
  if (!existsSync(join(path, folder))) return []
  return readdirSync(join(path, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.includes('node_modules'))
    .map((file) => `${directory}/${folder}/${file}`)
}
