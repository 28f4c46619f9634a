// `npm run build`: what the packages need, then the packages. Arguments go to turbo.
import { install } from './install.mjs'
import { turbo } from './turbo.mjs'

const env = install()
const { ok } = await turbo(['build'], env, { args: process.argv.slice(2), quiet: true })
process.exitCode = ok ? 0 : 1
