import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { settableClock } from '@bakthat/emulator/clock'
import { startGlacier, type GlacierEmulator } from '@bakthat/emulator/glacier'
import { startS3, type S3Server } from '@bakthat/emulator/s3'
import { openS3 } from '@bakthat/s3'
import { registers } from '@bakthat/storage'
import {
  backup,
  backupGlacierInventory,
  jobs,
  migrate,
  remove,
  restore,
  restoreGlacierInventory,
  show,
  showGlacierInventory,
  showLocalGlacierInventory,
  sync,
  type Conf,
} from 'bakthat'
import { place, type Place } from './place.js'

const vault = 'yourvault'
const hour = 3_600_000

/** A vault and a bucket of one account, as the guide's configuration has them. */
interface Account extends AsyncDisposable {
  readonly here: Place
  readonly glacier: GlacierEmulator
  readonly s3: S3Server
  readonly conf: Conf
}

async function account(): Promise<Account> {
  const here = await place()
  const clock = settableClock(new Date())
  const [glacier, s3] = await Promise.all([startGlacier({ clock }), startS3({ buckets: ['yours3bucket'] })])
  glacier.vault(vault)
  const conf: Conf = {
    ...here.conf,
    access_key: glacier.credential.accessKeyId,
    secret_key: glacier.credential.secretAccessKey,
    glacier_vault: vault,
    s3_bucket: 'yours3bucket',
    glacier_endpoint: glacier.endpoint,
    endpoint: s3.endpoint,
    provider: 'aws',
    path_style: true,
    region_name: 'us-east-1',
  }
  return {
    here,
    glacier,
    s3,
    conf,
    async [Symbol.asyncDispose]() {
      await Promise.all([glacier.stop(), s3.stop(), here[Symbol.asyncDispose]()])
    },
  }
}

/** The map in the bucket, as the Python tool reads it. */
async function mapIn({ s3, glacier }: Account): Promise<unknown> {
  const bucket = openS3({ bucket: 'yours3bucket', endpoint: s3.endpoint, credentials: glacier.credential })
  const { bytes } = await registers(bucket)!.read('bakthat_glacier_inventory')
  await bucket.close()
  return JSON.parse(Buffer.from(bytes).toString())
}

async function writeMap({ s3, glacier }: Account, entries: readonly object[]): Promise<void> {
  const bucket = openS3({ bucket: 'yours3bucket', endpoint: s3.endpoint, credentials: glacier.credential })
  await registers(bucket)!.write('bakthat_glacier_inventory', Buffer.from(JSON.stringify(entries)))
  await bucket.close()
}

const inVault = { destination: 'glacier' }

describe('the destination glacier', () => {
  it('backs up, and restores some hours later, as the guide has it', async () => {
    await using the = await account()
    const { here, glacier, conf } = the
    const made = await backup(here.tree, { conf, ...inVault, tags: ['t'] })
    expect(made).toMatchObject({ backend: 'glacier', status: 'complete' })
    expect(glacier.vault(vault).stored).toHaveLength(1)
    const to = join(here.directory, 'to')
    await expect(restore('bak', { conf, ...inVault, to, tier: 'bulk' })).rejects.toMatchObject({ code: 'PENDING' })
    expect(await jobs({ conf })).toMatchObject([{ state: 'under way', tier: 'bulk' }])
    glacier.finishJobs()
    expect(await jobs({ conf })).toMatchObject([{ state: 'ready' }])
    await restore('bak', { conf, ...inVault, to })
    expect(await readFile(join(to, 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
  })

  it('asks again for what came back and was not fetched in time only when told to', async () => {
    await using the = await account()
    const { here, glacier, conf } = the
    await backup(here.tree, { conf, ...inVault })
    const how = { conf, ...inVault, to: join(here.directory, 'to') }
    await expect(restore('bak', how)).rejects.toMatchObject({ code: 'PENDING' })
    glacier.clock.advance(30 * hour)
    expect(await jobs({ conf })).toMatchObject([{ state: 'lapsed' }])
    await expect(restore('bak', how)).rejects.toMatchObject({ code: 'COLD' })
    await expect(restore('bak', { ...how, requestAgain: true })).rejects.toMatchObject({ code: 'PENDING' })
    glacier.finishJobs()
    await restore('bak', how)
  })

  it('rebuilds a lost catalog from the inventory, and does not resurrect what was deleted', async () => {
    await using the = await account()
    const { here, glacier, conf } = the
    const made = await backup(here.tree, { conf, ...inVault, tags: ['t'], password: 'secret' })
    const second = await backup(here.tree, { conf, ...inVault, name: 'second' })
    glacier.takeInventory()
    await remove('second', { conf, ...inVault })
    const elsewhere = { ...conf, database: join(here.directory, 'elsewhere.sqlite') }
    for (const config of [conf, elsewhere])
      await expect(sync({ conf: config, ...inVault })).rejects.toMatchObject({ code: 'PENDING' })
    glacier.finishJobs()
    expect(await sync({ conf, ...inVault })).toEqual({ added: [], changed: [], removed: [], problems: [] })
    const { added } = await sync({ conf: elsewhere, ...inVault })
    const { storedFilename, sha256, size, locator } = made
    expect(added).toMatchObject([
      { storedFilename, sha256, size, locator, tags: ['t'] },
      { storedFilename: second.storedFilename },
    ])
    expect(await show({ conf: elsewhere })).toHaveLength(2)
  })

  it('keeps the map of archives in the bucket after each change, where any other host and the Python tool find it', async () => {
    await using the = await account()
    const { here, glacier, conf } = the
    const { storedFilename } = await backup(here.tree, { conf, ...inVault })
    const [archive] = glacier.vault(vault).stored
    expect(await mapIn(the)).toEqual([{ filename: storedFilename, archive_id: archive!.id }])
    const elsewhere = { ...conf, database: join(here.directory, 'elsewhere.sqlite') }
    const other = await backup(here.tree, { conf: elsewhere, ...inVault, name: 'other' })
    expect(await mapIn(the)).toMatchObject([{ filename: storedFilename }, { filename: other.storedFilename }])
    expect(await restoreGlacierInventory({ conf })).toMatchObject([{ filename: other.storedFilename }])
    expect(await showLocalGlacierInventory({ conf })).toHaveLength(2)
    await remove('bak', { conf, ...inVault })
    expect(await mapIn(the)).toMatchObject([{ filename: other.storedFilename }])
    expect(await backupGlacierInventory({ conf })).toHaveLength(1)
  })

  it('leaves the archive of another host in the map though it has the name of one that is deleted', async () => {
    await using the = await account()
    const { storedFilename: filename } = await backup(the.here.tree, { conf: the.conf, ...inVault })
    const { id } = the.glacier.store(vault, Buffer.from('other'), filename)
    await writeMap(the, [...((await mapIn(the)) as object[]), { filename, archive_id: id }])
    await remove('bak', { conf: the.conf, ...inVault })
    expect(await mapIn(the)).toEqual([{ filename, archive_id: id }])
  })

  it('has done what it did although the bucket cannot be told, and says so', async () => {
    await using the = await account()
    const warnings: string[] = []
    const log = { ...console, warn: (message: string) => void warnings.push(message) }
    const conf = { ...the.conf, s3_bucket: 'never-made' }
    expect(await backup(the.here.tree, { conf, log, ...inVault })).toMatchObject({ status: 'complete' })
    expect(warnings).toEqual([expect.stringMatching(/^the inventory of the vault was not copied to the bucket: /)])
  })

  it('shows what the vault itself says that it holds', async () => {
    await using the = await account()
    const { here, glacier, conf } = the
    const { storedFilename } = await backup(here.tree, { conf, ...inVault })
    glacier.store(vault, Buffer.from('old'), 'mydir.20130604191055.tgz')
    glacier.takeInventory()
    await expect(showGlacierInventory({ conf })).rejects.toMatchObject({ code: 'PENDING' })
    glacier.finishJobs()
    expect(await showGlacierInventory({ conf })).toMatchObject({
      archives: [{ filename: storedFilename }, { filename: 'mydir.20130604191055.tgz', size: 3 }],
    })
  })

  it('says that there are no vaults any more, and what to use instead', async () => {
    await using the = await account()
    the.glacier.isClosed = true
    await expect(backup(the.here.tree, { conf: the.conf, ...inVault })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      hint: expect.stringContaining('DEEP_ARCHIVE'),
    })
    expect(await show({ conf: the.conf })).toEqual([])
  })

  it('moves to cold classes of S3 over days, and deletes only what was copied', async () => {
    await using the = await account()
    const { here, glacier, s3, conf } = the
    const made = await backup(here.tree, { conf, ...inVault })
    const how = { conf, storageClass: 'DEEP_ARCHIVE', deleteSource: true }
    expect(await migrate(how)).toMatchObject({ pending: [{}], copied: [], removed: [] })
    glacier.finishJobs()
    expect(await migrate(how)).toMatchObject({ pending: [], copied: [{}], removed: [{ status: 'deleted' }] })
    expect(glacier.vault(vault).stored).toEqual([])
    expect(await show({ conf })).toMatchObject([
      {
        backend: 's3',
        storedFilename: made.storedFilename,
        sha256: made.sha256,
        metadata: { storage_class: 'DEEP_ARCHIVE' },
      },
    ])
    expect(s3.requests.some(({ operation }) => operation === 'PutObject')).toBe(true)
  })
})
