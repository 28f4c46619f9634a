// Event hooks: told before and after, matched by their session.
import { join } from 'node:path'
import { backup, events, type Conf } from 'bakthat'
import { scratch } from './scratch.js'

await using place = await scratch()
const conf: Conf = { local_dir: join(place.directory, 'store'), database: join(place.directory, 'catalog.sqlite') }

events.on('before_backup', ({ sessionId, name }) => console.log(sessionId, 'before_backup', name))
events.on('on_backup', ({ sessionId, result }) => console.log(sessionId, 'on_backup', result.storedFilename))

await backup(join(place.directory, 'photos'), { conf })
