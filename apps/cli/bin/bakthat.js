#!/usr/bin/env node
import module from 'node:module'
import { isAbsolute, join } from 'node:path'
import v8 from 'node:v8'

// Node 22 and newer keep what they compiled, so that the next start is quicker. Not where they would by themselves, in a
// directory for temporary files, nor in the current one: what lies there under a known name may be somebody else's.
const { HOME = '', XDG_CACHE_HOME = '' } = process.env
const cache = [XDG_CACHE_HOME, join(HOME, '.cache')].find((directory) => isAbsolute(directory))
if (cache) module.enableCompileCache?.(join(cache, 'bakthat', 'compiled'))

// The AWS SDK warns of what later versions of it will need, at every start; the version in use runs on this Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

// Full collections at four times what was left by the last, which is the most that V8 itself lets it come to: with two
// processors at work it settles for little more than that, and buffers that come and go make it collect all the time.
v8.setFlagsFromString('--heap-growing-percent=300')

// Where gigabytes go through buffers, the young generation stays as small as it begins: what lies outside the heap is only
// freed by its collections, or, as Node 24 and newer count, by full ones. Where there are only objects, it would be too small.
const bulky = ['backup', 'restore', 'verify', 'migrate']
if (bulky.some((command) => process.argv.includes(command))) v8.setFlagsFromString('--semi-space-growth-factor=1')

const { main } = await import('../dist/main.js')
const { processHost } = await import('../dist/host.js')

const host = processHost()
process.exitCode = await main(process.argv.slice(2), host)
host.release()
