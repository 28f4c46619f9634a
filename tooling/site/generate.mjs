// Writes the pages that come out of the code into `pages/`: the API of every library, and every command.
import { rmSync } from 'node:fs'
import { writeApi } from './lib/api.mjs'
import { writeCommands } from './lib/commands.mjs'
import { generated } from './lib/places.mjs'

rmSync(generated, { recursive: true, force: true })
await writeCommands(`${generated}/commands`)
await writeApi(`${generated}/api`)
