import { spawnSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { open, show, type Conf } from 'bakthat'
import { place, type Place } from './place.js'

/** Writes what the Python tool would: one backup in a bucket, and a value of its key-value store. */
const pythonTool = `
import hashlib, json, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute('CREATE TABLE "backups" ("id" INTEGER NOT NULL PRIMARY KEY, "backend" VARCHAR(255) NOT NULL, '
    '"backend_hash" VARCHAR(255), "backup_date" INTEGER NOT NULL, "filename" TEXT NOT NULL, "is_deleted" SMALLINT NOT NULL, '
    '"last_updated" INTEGER NOT NULL, "metadata" VARCHAR(255) NOT NULL, "size" INTEGER NOT NULL, '
    '"stored_filename" TEXT NOT NULL, "tags" VARCHAR(255) NOT NULL)')
backend_hash = hashlib.sha512(('YOURACCESSKEY' + 'yours3bucket').encode()).hexdigest()
rows = [('mydir', 'mydir.20130604191055.tgz.enc', {'is_enc': True}), ('mykey', 'mykey', {'KeyValue': True, 'is_gzipped': True})]
for filename, stored, metadata in rows:
    database.execute("INSERT INTO backups VALUES (NULL, 's3', ?, 1370373055, ?, 0, 1370373060, ?, 42, ?, '')",
        (backend_hash, filename, json.dumps(metadata), stored))
database.commit()
`

const withPython = spawnSync('python3', ['--version']).status === 0 ? describe : describe.skip
withPython('a catalog of the Python tool', () => {
  function taken(here: Place): Conf {
    expect(spawnSync('python3', ['-c', pythonTool, here.conf.database as string])).toMatchObject({ status: 0 })
    return { ...here.conf, access_key: 'YOURACCESSKEY', secret_key: 'YOURSECRETKEY', s3_bucket: 'yours3bucket' }
  }

  it('has its backups found by name where access key and bucket are those of the profile', async () => {
    await using here = await place()
    await using bakthat = await open({ conf: taken(here) })
    expect(await bakthat.resolve('mydir', { destination: 's3' })).toMatchObject({
      storedFilename: 'mydir.20130604191055.tgz.enc',
      container: expect.stringContaining('yours3bucket'),
    })
    expect(await bakthat.resolve('mykey', { destination: 's3' })).toMatchObject({ metadata: { KeyValue: true } })
    expect(await bakthat.show({ destination: 's3' })).toHaveLength(2)
  })

  it.each([{ access_key: 'ANOTHERKEY' }, { s3_bucket: 'another-bucket' }, { s3_prefix: 'below/' }])(
    'keeps them listed and unclaimed with other settings: %j',
    async (other) => {
      await using here = await place()
      const conf = { ...taken(here), ...other }
      await using bakthat = await open({ conf })
      await expect(bakthat.resolve('mydir', { destination: 's3' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect(await show({ conf })).toMatchObject([{ container: '' }, { container: '' }])
    },
  )
})
