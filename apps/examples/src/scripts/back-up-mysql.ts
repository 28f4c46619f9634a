// A MySQL or MariaDB database, where ~/.bakthat.yml says, thinned out as its `rotation` says:
//   node back-up-mysql.js shop /run/secrets/mysql
// The file holds the password of the user backup, who needs no more than this (MySQL has SHOW_ROUTINE in the place of mysql.proc):
//   GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO backup@localhost; GRANT SELECT ON mysql.proc TO backup@localhost
// And back: bakthat restore shop, then mysql shop < shop/dump.sql
import { readFile } from 'node:fs/promises'
import { BakHelper } from '@bakthat/helper'

const [database = 'shop', passwordFile = '/run/secrets/mysql'] = process.argv.slice(2)
const MYSQL_PWD = (await readFile(passwordFile, 'utf8')).trim()

await using bh = await BakHelper.open(database, { tags: ['mysql'] })

// What is binary goes in as hexadecimal, and all else in the one encoding that holds every character.
const form = ['--hex-blob', '--default-character-set=utf8mb4']
const options = ['--user=backup', '--single-transaction', '--routines', '--events', '--no-tablespaces', ...form]
await bh.run('mysqldump', [...options, database], { stdout: 'dump.sql', env: { MYSQL_PWD } })

const { storedFilename } = await bh.backup()
const { removed, failed } = await bh.rotate()
console.log(`stored ${storedFilename}; removed ${removed.length}`)
if (failed.length > 0) throw new Error(`${failed.length} old backups could not be removed`)
