import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  day,
  hour,
  settableClock,
  startS3,
  testCredential,
  type BucketOptions,
  type S3Server,
} from '@bakthat/emulator/s3'
import { backup, cleanup, create, doctor, jobs, remove, restore, share, show, sync, verify, type Conf } from 'bakthat'
import { place, type Place } from './place.js'

/** A server that holds clients to Amazon's rules, and a profile that stores there. */
async function s3(
  here: Place,
  bucket: BucketOptions = { name: 'backups' },
): Promise<AsyncDisposable & { server: S3Server; conf: Conf }> {
  const server = await startS3({ clock: settableClock(), buckets: [bucket] })
  const { accessKeyId, secretAccessKey } = testCredential
  const keys = { access_key: accessKeyId, secret_key: secretAccessKey, region_name: server.region }
  const conf = { ...here.conf, ...keys, s3_bucket: bucket.name, endpoint: server.endpoint, default_destination: 's3' }
  return { server, conf, [Symbol.asyncDispose]: () => server.stop() }
}

describe('a backup in a cold class', () => {
  it('is asked for, listed, and restored when the hours have passed, and paid for once', async () => {
    await using here = await place()
    await using life = await s3(here)
    const { server, conf } = life
    const cold: Conf = { ...conf, storage_class: 'DEEP_ARCHIVE' }
    await backup(here.tree, { conf: cold })
    const to = join(here.directory, 'to')
    expect(await verify('bak', { conf: cold })).toMatchObject([{ outcome: 'cold' }])
    await expect(share('bak', { conf: cold })).rejects.toMatchObject({ code: 'COLD' })
    await expect(restore('bak', { conf: cold, to, tier: 'bulk' })).rejects.toMatchObject({ code: 'PENDING' })
    expect(await jobs({ conf: cold })).toMatchObject([{ state: 'under way', tier: 'bulk' }])
    server.clock.advance(24 * hour)
    await expect(restore('bak', { conf: cold, to })).rejects.toMatchObject({ code: 'PENDING' })
    server.clock.advance(25 * hour)
    expect(await jobs({ conf: cold })).toMatchObject([{ state: 'ready' }])
    await restore('bak', { conf: cold, to })
    expect(await readFile(join(to, 'bak', 'sub', 'file.txt'), 'utf8')).toBe('kept')
    expect(await jobs({ conf: cold })).toEqual([])
    expect(server.requests.filter(({ operation }) => operation === 'RestoreObject')).toHaveLength(1)
  })

  it('is not paid for again when what was asked for lapsed, unless it is said', async () => {
    await using here = await place()
    await using life = await s3(here)
    const { server, conf } = life
    const cold: Conf = { ...conf, storage_class: 'GLACIER' }
    await backup(here.tree, { conf: cold })
    const to = join(here.directory, 'to')
    await expect(restore('bak', { conf: cold, to, days: 1 })).rejects.toMatchObject({ code: 'PENDING' })
    server.clock.advance(5 * day)
    await expect(restore('bak', { conf: cold, to })).rejects.toMatchObject({ code: 'COLD' })
    expect(await jobs({ conf: cold })).toMatchObject([{ state: 'lapsed' }])
    await expect(restore('bak', { conf: cold, to, requestAgain: true })).rejects.toMatchObject({ code: 'PENDING' })
  })
})

it('a link gives anyone the stored bytes until it ends', async () => {
  await using here = await place()
  await using life = await s3(here)
  const { server, conf } = life
  const { size } = await backup(here.tree, { conf })
  const { url, expiresAt } = await share('bak', { conf, expiresInSeconds: 60 })
  expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(size)
  expect(expiresAt.getTime()).toBeGreaterThan(server.wallClock.now().getTime())
  server.wallClock.advance(2 * hour)
  expect((await fetch(url)).status).toBe(403)
})

it('a locked backup is marked for deletion, kept by cleanup until its day, and told by show', async () => {
  await using here = await place()
  await using life = await s3(here, { name: 'locked', objectLock: true })
  const { conf } = life
  const locked: Conf = { ...conf, object_lock: { mode: 'compliance', days: 1 } }
  await backup(here.tree, { conf: locked })
  const { deferredUntil } = await remove('bak', { conf: locked })
  expect(deferredUntil).toBeInstanceOf(Date)
  expect(await cleanup({ conf: locked })).toMatchObject([{ kind: 'deferred', outcome: 'kept' }])
  expect(await show({ conf: locked })).toMatchObject([{ deleteAfter: expect.any(Date) }])
})

it('create makes a bucket, and doctor finds it good and leaves nothing in it', async () => {
  await using here = await place()
  await using life = await s3(here)
  const { conf } = life
  const fresh: Conf = { ...conf, s3_bucket: 'fresh' }
  await expect(backup(here.tree, { conf: fresh })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await create({ conf: fresh })
  await expect(create({ conf: fresh })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  const findings = await doctor({ conf: fresh })
  expect(findings.filter(({ verdict }) => verdict === 'problem')).toEqual([])
  expect(findings.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining(['clock', 'conditional writes', 'storing', 'retrieving', 'listing']),
  )
  expect(await sync({ conf: fresh })).toEqual({ added: [], changed: [], removed: [], problems: [] })
})

it('a lost catalog comes back from the bucket', async () => {
  await using here = await place()
  await using life = await s3(here)
  const { conf } = life
  const { storedFilename } = await backup(here.tree, { conf })
  const elsewhere = { ...conf, database: join(here.directory, 'elsewhere.sqlite') }
  expect((await sync({ conf: elsewhere })).added).toMatchObject([{ storedFilename }])
  await restore('bak', { conf: elsewhere, to: join(here.directory, 'to') })
})
