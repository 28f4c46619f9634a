// A destination of one's own, brought by a plugin: backups go to it, are checked in it and come back from it like from any other.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { open } from 'bakthat'
import { scratch } from './scratch.js'

await using place = await scratch()
const conf = {
  database: join(place.directory, 'catalog.sqlite'),
  plugins_dir: join(import.meta.dirname, 'plugins'),
  plugins: ['shelf.Shelf'],
  shelf_directory: join(place.directory, 'shelf'),
  default_destination: 'shelf',
}
await using bakthat = await open({ conf })

const { storedFilename, backend } = await bakthat.backup(join(place.directory, 'photos'))
console.log(`stored ${storedFilename} on the ${backend}`)

const { to } = await bakthat.restore('photos', { to: join(place.directory, 'restored') })
console.log('restored:', await readFile(join(to, 'photos', 'readme.txt'), 'utf8'))
