// A process of its own for the tests: one JSON object with what to do in, one line of JSON for every step out.
import { once } from 'node:events'

import { openCatalog } from '@bakthat/catalog'

const { path, action, name, count = 1 } = JSON.parse(process.argv[2])
const say = (line) => process.stdout.write(`${JSON.stringify(line ?? null)}\n`)
const backup = (storedFilename) => ({
  backend: 'local',
  container: '/srv',
  backupDate: new Date(1_700_000_000_000),
  filename: name,
  storedFilename,
  tags: [],
  metadata: {},
  host: 'here',
  pid: process.pid,
})
const completion = { size: 1, sha256: 'ab', locator: 'here', metadata: {} }

const actions = {
  write: async () => {
    say('ready')
    await once(process.stdin, 'data')
    using(openCatalog({ path }), (catalog) => {
      for (let index = 0; index < count; index++) {
        catalog.complete(catalog.begin(backup(`${name}.${index}`)).id, completion)
      }
    })
  },
  stall: async () => {
    const catalog = openCatalog({ path })
    for (let index = 0; index < count; index++) catalog.begin(backup(`${name}.${index}`))
    say('stalled')
    process.stdin.resume()
    await once(process, 'never')
  },
  tell: () =>
    using(openCatalog({ path }), (catalog) => {
      for (let index = 0; ; index++) say(catalog.begin(backup(`${name}.${index}`)).storedFilename)
    }),
  look: () => using(openCatalog({ path }), (catalog) => catalog.find().map((row) => row.storedFilename)),
  begin: () => using(openCatalog({ path }), (catalog) => catalog.begin(backup(name)).storedFilename),
  fill: () =>
    using(openCatalog({ path }), (catalog) => {
      for (let index = 0; ; index++) {
        catalog.begin({ ...backup(`${name}.${index}`), metadata: { text: 'x'.repeat(50_000) } })
      }
    }),
}

function using(catalog, act) {
  try {
    return act(catalog)
  } finally {
    catalog.close()
  }
}

try {
  say({ value: await actions[action]() })
} catch ({ code, message, hint }) {
  say({ code, message, hint })
}
process.exit()
