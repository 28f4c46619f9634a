import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fail, root, run } from '../bootstrap/process.mjs'

/** The platform's own package of what the package `node` installs by a script: a Node with its headers, of every version. */
const nodePackage = `node-${process.platform}-${process.arch}`

/** The path of a Node: the one that is wanted by its path, or the newest of a version (`22`, `latest`), fetched once a day or so from the registry. */
export function findNode(wanted, env) {
  if (existsSync(wanted)) return resolve(wanted)
  const directory = join(root, 'node_modules/.cache/nodes', wanted)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "private": true }')
  const how = ['--prefix', directory, '--no-audit', '--no-fund']
  const fetched = run('npm', ['install', ...how, `${nodePackage}@${wanted}`], { env, quiet: true })
  if (!fetched.ok) fail(`Node ${wanted} could not be fetched:\n${fetched.output}`)
  return join(directory, 'node_modules', nodePackage, 'bin/node')
}

/** The environment in which programs are run by that Node and native modules compiled for it; what npm told this program of itself is left out. */
export function environmentOf(node, env) {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)))
  const prefix = resolve(dirname(node), '..')
  // Headers that lie beside it need not be fetched.
  const headers = existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {}
  return { ...own, ...headers, PATH: `${dirname(node)}:${env.PATH}` }
}
