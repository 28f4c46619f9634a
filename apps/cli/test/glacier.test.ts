import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { settableClock } from '@bakthat/emulator/clock'
import { startGlacier, type GlacierEmulator } from '@bakthat/emulator/glacier'
import { startS3, type S3Server } from '@bakthat/emulator/s3'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Home, type Run } from './support/bin.js'

const hour = 3_600_000

describe('a profile with a vault and a bucket', () => {
  let home: Home
  let glacier: GlacierEmulator
  let s3: S3Server
  beforeEach(async () => {
    home = new Home()
    glacier = await startGlacier({ clock: settableClock(new Date()) })
    s3 = await startS3({ buckets: ['yours3bucket'] })
    glacier.vault('yourvault')
    const { accessKeyId, secretAccessKey } = glacier.credential
    const profile = {
      default_destination: 'glacier',
      access_key: accessKeyId,
      secret_key: secretAccessKey,
      glacier_vault: 'yourvault',
      s3_bucket: 'yours3bucket',
      glacier_endpoint: glacier.endpoint,
      endpoint: s3.endpoint,
      provider: 'aws',
      path_style: true,
    }
    await writeFile(home.join('.bakthat.yml'), JSON.stringify({ default: profile }), { mode: 0o600 })
    await mkdir(home.join('photos'))
    await writeFile(home.join('photos', 'cat.txt'), 'miaow')
  })
  afterEach(async () => {
    await Promise.all([glacier.stop(), s3.stop()])
    home.remove()
  })

  /** Runs the command as a process of its own, and expects it to end so. */
  async function bakthat(status: number, ...argv: readonly string[]): Promise<Run> {
    const run = await home.spawn(argv)
    expect({ argv, ...run }).toMatchObject({ argv, status })
    expect(run.stderr).not.toContain('Warning')
    return run
  }

  it('survives the loss of its catalog, and what came back too late', async () => {
    await bakthat(0, 'backup', 'photos', '--tags', 'a b')
    await rm(home.join('catalog.sqlite'))
    await bakthat(4, 'restore', 'photos')
    glacier.takeInventory()
    expect((await bakthat(75, 'sync')).stderr).toMatch(/the inventory of glacier was asked for, expected by .* UTC/)
    await bakthat(75, 'sync')
    glacier.finishJobs()
    expect((await bakthat(0, 'sync')).stdout).toContain('1 added, 0 changed, 0 removed')
    await bakthat(75, 'restore', 'photos', '--to', 'again')
    glacier.clock.advance(30 * hour)
    expect((await bakthat(1, 'restore', 'photos', '--to', 'again')).stderr).toContain('--request-again')
  })

  it('restores hours after it was asked to', async () => {
    await bakthat(0, 'backup', 'photos')
    await bakthat(75, 'restore', 'photos', '--to', 'again')
    glacier.finishJobs()
    await bakthat(0, 'restore', 'photos', '--to', 'again')
    expect(await readFile(home.join('again', 'photos', 'cat.txt'), 'utf8')).toBe('miaow')
    await bakthat(0, 'restore', 'photos', '--only', 'photos/cat.txt', '--to', 'once more')
    expect(await readFile(home.join('once more', 'photos', 'cat.txt'), 'utf8')).toBe('miaow')
    glacier.clock.advance(30 * hour)
    await bakthat(75, 'restore', 'photos', '--to', 'tomorrow')
  })

  it('has the documented commands for inventories, with underscores and with dashes', async () => {
    const made = JSON.parse((await bakthat(0, 'backup', 'photos', '--json')).stdout) as { stored_filename: string }
    const [archive] = glacier.vault('yourvault').stored
    const map = { archives: [{ filename: made.stored_filename, archive_id: archive!.id }] }
    const local = await bakthat(0, 'show_local_glacier_inventory', '--json')
    expect(JSON.parse(local.stdout)).toEqual(map)
    await rm(home.join('catalog.sqlite'))
    expect((await bakthat(0, 'restore-glacier-inventory')).stdout).toBe('1 archive taken in\n')
    expect((await bakthat(0, 'backup_glacier_inventory')).stdout).toBe('1 archive in the bucket\n')
    glacier.takeInventory()
    await bakthat(75, 'show_glacier_inventory')
    glacier.finishJobs()
    expect((await bakthat(0, 'show-glacier-inventory')).stdout).toContain(made.stored_filename)
  })

  it('says what deleting early costs, and waits if asked to', async () => {
    await bakthat(0, 'backup', 'photos')
    const kept = await bakthat(0, 'delete', 'photos', '--yes', '--keep-until-free')
    expect([kept.stdout, kept.stderr]).toEqual([
      expect.stringMatching(/^kept photos.* not deleted\n$/),
      expect.stringMatching(/bakthat cleanup[^]*--cancel/),
    ])
    expect((await bakthat(0, 'show')).stdout).toContain('to delete after')
    expect((await bakthat(0, 'delete', 'photos', '--cancel')).stdout).toMatch(/^kept photos/)
    expect((await bakthat(0, 'show')).stdout).not.toContain('to delete after')
    expect(glacier.vault('yourvault').stored).toHaveLength(1)
    const deleted = await bakthat(0, 'delete', 'photos', '--yes')
    expect(deleted.stderr).toMatch(/the store charges for it until .* UTC, 90 days more/)
    expect(glacier.vault('yourvault').stored).toEqual([])
  })

  it('moves to S3 over hours', async () => {
    await bakthat(0, 'backup', 'photos')
    const migrate = ['migrate', '--from', 'glacier', '--to', 's3', '--storage-class', 'deep_archive'] as const
    const asked = await bakthat(75, ...migrate, '--tier', 'bulk')
    expect([asked.stdout, asked.stderr]).toEqual([
      '0 copied, 0 there already, 1 being brought back\n',
      expect.stringContaining('run the same command again'),
    ])
    glacier.finishJobs()
    expect((await bakthat(0, ...migrate)).stdout).toContain('1 copied, 0 there already')
    expect(glacier.vault('yourvault').stored).toHaveLength(1)
    expect((await bakthat(0, ...migrate, '--delete-source')).stdout).toContain('1 deleted at the source')
    expect(glacier.vault('yourvault').stored).toEqual([])
    await bakthat(75, 'restore', 'photos', '-d', 's3')
  })

  it('that came too late for vaults says what to use instead', async () => {
    glacier.isClosed = true
    const { stderr } = await bakthat(1, 'backup', 'photos')
    expect(stderr).toContain('AWS takes no new customers for vaults')
    expect(stderr).toContain('DEEP_ARCHIVE')
  })
})
