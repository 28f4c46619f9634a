// Progress while a backup runs, and stopping it: nothing half-made is left behind.
import { join } from 'node:path'
import { isBakthatError } from '@bakthat/errors'
import { open } from 'bakthat'
import { scratch } from './scratch.js'

await using place = await scratch()
await using bakthat = await open({
  conf: { local_dir: join(place.directory, 'store'), database: join(place.directory, 'catalog.sqlite') },
})

await bakthat.backup(join(place.directory, 'photos'), {
  onProgress: ({ files, bytes, current }) => {
    console.log(`${files} files, ${bytes} bytes, ${current}`)
  },
})

try {
  await bakthat.backup(join(place.directory, 'photos'), { signal: AbortSignal.abort() })
} catch (error) {
  if (!isBakthatError(error, 'INTERRUPTED')) throw error
  console.log('stopped')
}
console.log(`${(await bakthat.show()).length} backup`)
