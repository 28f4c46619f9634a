// A PostgreSQL database, where ~/.bakthat.yml says, thinned out as its `rotation` says:
//   node back-up-postgresql.js shop /run/secrets/postgresql
// The file holds the password of the role backup, who only reads (that role there is since PostgreSQL 14):
//   CREATE ROLE backup LOGIN PASSWORD '…' IN ROLE pg_read_all_data
// And back: bakthat restore shop, then pg_restore --clean --if-exists --dbname=shop shop/dump.pgdump
import { readFile } from 'node:fs/promises'
import { BakHelper } from '@bakthat/helper'

const [database = 'shop', passwordFile = '/run/secrets/postgresql'] = process.argv.slice(2)
const PGPASSWORD = (await readFile(passwordFile, 'utf8')).trim()

await using bh = await BakHelper.open(database, { tags: ['postgresql'] })

// Not compressed by pg_dump: the backup is.
const options = ['--username=backup', '--no-password', '--format=custom', '--compress=0']
await bh.run('pg_dump', [...options, `--dbname=${database}`], { stdout: 'dump.pgdump', env: { PGPASSWORD } })

const { storedFilename } = await bh.backup()
const { removed, failed } = await bh.rotate()
console.log(`stored ${storedFilename}; removed ${removed.length}`)
if (failed.length > 0) throw new Error(`${failed.length} old backups could not be removed`)
