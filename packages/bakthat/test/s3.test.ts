import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { motoServer, startMoto, type Moto } from '@bakthat/emulator/moto'
import { createBucket } from '@bakthat/s3'
import { backup, remove, restore, show, sync, verify, type Conf } from 'bakthat'
import { place, type Place } from './place.js'

const keys = { access_key: 'YOURACCESSKEY', secret_key: 'YOURSECRETKEY' }

const withMoto = motoServer() === undefined ? describe.skip : describe
withMoto('the destination s3', () => {
  let moto: Moto | undefined
  beforeAll(async () => {
    moto = await startMoto()
  })
  afterAll(async () => {
    await moto?.stop()
  })

  async function bucket(here: Place): Promise<Conf> {
    const s3_bucket = `bucket-${randomUUID()}`
    const credentials = { accessKeyId: keys.access_key, secretAccessKey: keys.secret_key }
    await createBucket({ bucket: s3_bucket, endpoint: moto!.endpoint, region: 'us-east-1', credentials })
    return { ...here.conf, ...keys, s3_bucket, endpoint: moto!.endpoint, region_name: 'us-east-1' }
  }

  it('backs up, lists, verifies, restores and removes, as the guide has it', async () => {
    await using here = await place()
    const conf = await bucket(here)
    const made = await backup(here.tree, { conf, tags: ['t'] })
    expect(made).toMatchObject({ backend: 's3', filename: 'bak', status: 'complete' })
    expect(made.storedFilename).toMatch(/^bak\.\d{14}\.tgz$/)
    expect(await show({ conf, destination: 's3' })).toHaveLength(1)
    expect(await verify('bak', { conf })).toMatchObject([{ outcome: 'contents' }])
    const to = join(here.directory, 'to')
    await restore('bak', { conf, to })
    expect(await readFile(join(to, 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
    await remove('bak', { conf })
    expect(await show({ conf })).toEqual([])
    await expect(restore('bak', { conf, to })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('gives a new machine its catalog from the bucket alone', async () => {
    await using here = await place()
    const conf = await bucket(here)
    const { storedFilename, sha256 } = await backup(here.tree, { conf, password: 'secret' })
    const elsewhere = { ...conf, database: join(here.directory, 'elsewhere.sqlite') }
    expect((await sync({ conf: elsewhere })).added).toMatchObject([{ storedFilename, sha256 }])
    await restore('bak', { conf: elsewhere, to: join(here.directory, 'to'), password: 'secret' })
  })

  it('says that a cold backup is on its way', async () => {
    await using here = await place()
    const conf: Conf = { ...(await bucket(here)), storage_class: 'DEEP_ARCHIVE' }
    await backup(here.tree, { conf })
    const to = join(here.directory, 'to')
    await expect(restore('bak', { conf, to })).rejects.toMatchObject({ code: 'PENDING' })
    // Its manifest is not cold.
    const elsewhere = { ...conf, database: join(here.directory, 'elsewhere.sqlite') }
    expect((await sync({ conf: elsewhere })).added).toHaveLength(1)
  })

  it('makes no bucket by itself, and leaves nothing in the catalog when there is none', async () => {
    await using here = await place()
    const conf = { ...(await bucket(here)), s3_bucket: 'a-typo-of-a-bucket' }
    await expect(backup(here.tree, { conf })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await show({ conf })).toEqual([])
  })
})
