#!/usr/bin/env node
import module from 'node:module'

// Node 22 and newer keep what they compiled, so that the next start is quicker.
module.enableCompileCache?.()

// Which Node is old enough to say so is for the manifest: the SDK would tell at every call, in eight lines.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

const { main } = await import('../dist/main.js')
const { processHost } = await import('../dist/host.js')

process.exitCode = await main(process.argv.slice(2), processHost())
