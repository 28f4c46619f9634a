// A process of its own for the tests: one JSON object with what to do in, one line of JSON for every step out.
import { once } from 'node:events'

import { openLocal } from '@bakthat/local'

const { directory, action, name, prefix = '', fill, size = 0 } = JSON.parse(process.argv[2])
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
const backend = openLocal(directory)

async function* bytes() {
  const chunk = Buffer.alloc(256 * 1024, fill)
  for (let sent = 0; sent < size; sent += chunk.length) yield Buffer.from(chunk)
}

async function* stalling() {
  yield* bytes()
  say('stalled')
  await once(process, 'never')
}

const actions = {
  put: async () => {
    say('ready')
    await once(process.stdin, 'data')
    return backend.put(name, bytes())
  },
  stall: () => {
    process.stdin.resume()
    return backend.put(name, stalling())
  },
  store: () => backend.put(name, bytes()),
  list: async () => {
    const names = []
    for await (const blob of (await backend.list({ prefix })).value) names.push(blob.name)
    return names
  },
  retrieve: () => backend.retrieve(backend.locate(name)),
  remove: () => backend.remove(backend.locate(name)),
}

try {
  const value = await actions[action]()
  say({ value: value ?? 'done' })
} catch ({ code, message, hint }) {
  say({ code, message, hint })
}
process.stdin.destroy()
