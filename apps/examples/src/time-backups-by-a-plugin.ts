// A plugin, enabled as a profile would do it, that hears of a backup before it begins and once it is made.
import { join } from 'node:path'
import { backup } from 'bakthat'
import { scratch } from './scratch.js'

await using place = await scratch()
await backup(join(place.directory, 'photos'), {
  conf: {
    local_dir: join(place.directory, 'store'),
    database: join(place.directory, 'catalog.sqlite'),
    plugins_dir: join(import.meta.dirname, 'plugins'),
    plugins: ['test_plugin.TestPlugin'],
  },
  log: console,
})
