// `npm run release:users`: the packages as their users get them: packed, installed by npm and by pnpm from a registry that
// has them, and used. `-- --node 22` does so with that Node, or one by its path, and may be said several times;
// `--only NAME` takes one kind of user, `--by NAME` one package manager.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { install } from '../bootstrap/install.mjs'
import { fail, run } from '../bootstrap/process.mjs'
import { turbo } from '../bootstrap/turbo.mjs'
import { environmentOf, findNode } from './nodes.mjs'
import { packAll } from './pack.mjs'
import { startRegistry } from './registry.mjs'
import { stories } from './stories.mjs'
import { User } from './user.mjs'

const options = {
  node: { type: 'string', multiple: true, default: [process.execPath] },
  only: { type: 'string', multiple: true, default: Object.keys(stories) },
  by: { type: 'string', multiple: true, default: ['npm', 'pnpm'] },
}
const { values } = parseArgs({ options })

const env = install()
const { ok } = await turbo(['build'], env, { quiet: true })
if (!ok) fail('The build failed; what it said is above.')

const scratch = mkdtempSync(join(tmpdir(), 'bakthat-users-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
const registry = await startRegistry(packAll(join(scratch, 'tarballs'), env), env)

for (const node of values.node.map((wanted) => findNode(wanted, env)))
  for (const manager of values.by) for (const name of values.only) play(name, manager, node)

function play(name, manager, node) {
  const { stdout: version } = run(node, ['--version'], { quiet: true })
  const { title, play } =
    stories[name] ?? fail(`There is no user ${name}; there are: ${Object.keys(stories).join(', ')}`)
  console.log(`\nNode ${version.trim()}, ${manager}: ${title}`)
  const home = mkdtempSync(join(scratch, `${manager}-${name}-`))
  play(new User(home, { manager, registry, env: environmentOf(node, env) }))
}
