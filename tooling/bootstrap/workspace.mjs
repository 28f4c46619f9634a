import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './process.mjs'

/** The folders whose sub-folders are packages, as pnpm-workspace.yaml has them. */
const folders = ['packages', 'apps', 'tooling']

/** Every package of the workspace: its directory relative to the root, and its name. */
export function workspacePackages() {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((directory) => existsSync(join(root, directory, 'package.json')))
    .map((directory) => ({
      directory,
      name: JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8')).name,
    }))
}
