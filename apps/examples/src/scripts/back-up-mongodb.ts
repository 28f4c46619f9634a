// A MongoDB database, where ~/.bakthat.yml says, thinned out as its `rotation` says:
//   node back-up-mongodb.js shop /run/secrets/mongodump.yml
// The file is mongodump's own, with a line `uri: mongodb://backup:…@localhost/` or `password: …`: it takes no secret from the environment.
// And back: bakthat restore shop, then mongorestore --drop --archive=shop/dump.archive
import { BakHelper } from '@bakthat/helper'

const [database = 'shop', configFile = '/run/secrets/mongodump.yml'] = process.argv.slice(2)

await using bh = await BakHelper.open(database, { tags: ['mongodb'] })

await bh.run('mongodump', [`--config=${configFile}`, `--db=${database}`, '--quiet', '--archive'], {
  stdout: 'dump.archive',
})

const { storedFilename } = await bh.backup()
const { removed, failed } = await bh.rotate()
console.log(`stored ${storedFilename}; removed ${removed.length}`)
if (failed.length > 0) throw new Error(`${failed.length} old backups could not be removed`)
