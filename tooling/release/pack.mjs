import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fail, root, run } from '../bootstrap/process.mjs'
import { workspacePackages } from '../bootstrap/workspace.mjs'

/** Packs every package that is published, as it would be published, into a directory; answers with the path of each. */
export function packAll(directory, env) {
  mkdirSync(directory)
  const published = workspacePackages().filter((found) => readManifest(found.directory).private !== true)
  const filters = published.flatMap(({ name }) => ['--filter', name])
  const packed = run('pnpm', ['--recursive', ...filters, 'pack', '--pack-destination', directory], { env, quiet: true })
  if (!packed.ok) fail(`The packages could not be packed:\n${packed.output}`)
  const files = readdirSync(directory)
  return new Map(
    published.map(({ name, directory: folder }) => {
      const file = `${name.replace('@', '').replace('/', '-')}-${readManifest(folder).version}.tgz`
      if (!files.includes(file)) fail(`${name} was not packed`)
      return [name, join(directory, file)]
    }),
  )
}

function readManifest(directory) {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'))
}
