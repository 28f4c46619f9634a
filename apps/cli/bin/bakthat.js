#!/usr/bin/env node
import { main } from '../dist/main.js'
import { processHost } from '../dist/host.js'

process.exitCode = await main(process.argv.slice(2), processHost())
