#!/usr/bin/env node
import module from 'node:module'

// Node 22 and newer keep what they compiled, so that the next start is quicker.
module.enableCompileCache?.()

const { main } = await import('../dist/main.js')
const { processHost } = await import('../dist/host.js')

process.exitCode = await main(process.argv.slice(2), processHost())
