// What a command writes, such as a database dump, backed up and read back without touching the disk.
import { join } from 'node:path'
import { open, outputOf } from 'bakthat'
import { scratch } from './scratch.js'

await using place = await scratch()
await using bakthat = await open({
  conf: { local_dir: join(place.directory, 'store'), database: join(place.directory, 'catalog.sqlite') },
})

// In earnest: outputOf(['mysqldump', '--user', 'root', '--all-databases'], { env: { MYSQL_PWD: '…' } })
const { storedFilename } = await bakthat.backup(outputOf(['seq', '3']), { name: 'numbers.txt' })
console.log(`stored ${storedFilename}`)

for await (const chunk of bakthat.read('numbers.txt')) process.stdout.write(chunk)

await bakthat
  .backup(outputOf('seq 3; exit 1'), { name: 'numbers.txt' })
  .catch((error: unknown) => console.log(`nothing stored: ${(error as Error).message}`))
