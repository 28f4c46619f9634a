// A backup script: dump into a private directory, back it up, thin out what is old.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BakHelper } from '@bakthat/helper'
import type { Conf } from 'bakthat'
import { scratch } from './scratch.js'

await using place = await scratch()
const conf: Conf = {
  local_dir: join(place.directory, 'store'),
  database: join(place.directory, 'catalog.sqlite'),
  rotation: { days: 7, weeks: 6, months: 6, first_week_day: 5 },
}

await using bh = await BakHelper.open('mybackup', { tags: ['mybackup'], conf })

await writeFile('myfile.txt', 'mydata')
await bh.run('printf', ['%s', 'what a command writes'], { stdout: 'dump.txt' })

const { storedFilename, files } = await bh.backup()
const { removed } = await bh.rotate()
console.log(`stored ${storedFilename}: ${files} files; removed ${removed.length}`)
