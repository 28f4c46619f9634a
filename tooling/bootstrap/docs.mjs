// `npm run docs`: the documentation as a site, in tooling/site/dist. `npm run docs:preview` shows it afterwards;
// `npm run docs:dev` shows the pages as they are edited.
import { install } from './install.mjs'
import { run } from './process.mjs'
import { turbo } from './turbo.mjs'

const [shown] = process.argv.slice(2)
const env = install()

const needed = shown === 'dev' ? ['build', '--filter=@bakthat/cli'] : ['docs', '--filter=@bakthat/site']
const [task, ...args] = needed
const made = await turbo([task], env, { args, quiet: true })
if (!made.ok) process.exitCode = 1
else if (shown === undefined) console.log('The site is in tooling/site/dist; npm run docs:preview shows it')
else run('pnpm', ['--filter=@bakthat/site', 'run', shown], { env })
