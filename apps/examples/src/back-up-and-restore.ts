// The main job from a script: back a directory up, list what there is, get it back.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { backup, ls, restore, type Conf } from 'bakthat'
import { scratch } from './scratch.js'

await using place = await scratch()
const conf: Conf = {
  local_dir: join(place.directory, 'store'),
  database: join(place.directory, 'catalog.sqlite'),
}

const made = await backup(join(place.directory, 'photos'), { conf, tags: ['holidays'] })
console.log(`stored ${made.storedFilename}: ${made.files} files in ${made.size} bytes`)

for (const { filename, storedFilename, tags } of await ls({ conf })) console.log(filename, storedFilename, tags)

const { to, topLevel } = await restore('photos', { conf, to: join(place.directory, 'restored') })
console.log(`restored ${topLevel.join(', ')}:`, await readFile(join(to, 'photos', 'readme.txt'), 'utf8'))
