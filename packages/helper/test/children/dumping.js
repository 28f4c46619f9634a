import { writeFileSync } from 'node:fs'
import { BakHelper } from '@bakthat/helper'

const bh = await BakHelper.open('dump', { conf: { local_dir: '/nonexistent' } })
writeFileSync('half', 'a dump')
process.stdout.write(`${bh.directory}\n`)
if (process.argv[2] === 'exit') process.exit(7)
if (process.argv[2] === 'throw') throw new Error('the dump failed')
await bh.run('sleep', ['60'])
