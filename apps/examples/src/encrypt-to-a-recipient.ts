// A server that can write backups but not read them: it knows the recipient, and the identity stays elsewhere.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateIdentity } from '@bakthat/crypto'
import { isBakthatError } from '@bakthat/errors'
import { open } from 'bakthat'
import { scratch } from './scratch.js'

await using place = await scratch()
const { identity, recipient } = await generateIdentity()

await using bakthat = await open({
  conf: {
    local_dir: join(place.directory, 'store'),
    database: join(place.directory, 'catalog.sqlite'),
    compression: 'zstd',
    recipients: recipient,
  },
})
const made = await bakthat.backup(join(place.directory, 'photos'))
console.log(`stored ${made.storedFilename}`)

const to = join(place.directory, 'restored')
try {
  await bakthat.restore('photos', { to })
} catch (error) {
  if (!isBakthatError(error, 'WRONG_KEY')) throw error
  console.log(`without the identity: ${error.message}`)
}
await bakthat.restore('photos', { to, identities: [identity] })
console.log('with it:', await readFile(join(to, 'photos', 'readme.txt'), 'utf8'))
