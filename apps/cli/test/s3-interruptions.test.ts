import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { settableClock } from '@bakthat/emulator/clock'
import { startS3, testCredential, type Occasion, type S3Server } from '@bakthat/emulator/s3'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bin, Home } from './support/bin.js'

const day = 86_400_000

/** More requests than any backup of these tests makes. */
const many = 40

describe('a backup to S3 that is stopped', () => {
  let home: Home
  let s3: S3Server
  beforeEach(async () => {
    home = new Home()
    // What is begun now is two days old for whoever looks at it: old enough to be cleared up.
    s3 = await startS3({ buckets: ['backups'], clock: settableClock(new Date(Date.now() - 2 * day)) })
    const { accessKeyId, secretAccessKey } = testCredential
    const profile = {
      s3_bucket: 'backups',
      endpoint: s3.endpoint,
      access_key: accessKeyId,
      secret_key: secretAccessKey,
      provider: 'aws',
      path_style: true,
    }
    await writeFile(home.join('.bakthat.yml'), JSON.stringify({ default: profile }), { mode: 0o600 })
    await mkdir(home.join('photos'))
    await writeFile(home.join('photos', 'raw'), randomBytes(20 << 20))
  })
  afterEach(async () => {
    await s3.stop()
    home.remove()
  })

  /** A backup that hangs in such a request, or has ended because it makes none. */
  async function hangingIn(occasion: Occasion): Promise<ChildProcess> {
    s3.faults.clear()
    s3.faults.add(occasion, { stall: 'at once' })
    const child = spawn(process.execPath, [bin, 'backup', 'photos'], {
      cwd: home.path,
      env: { ...home.env },
      stdio: 'ignore',
    })
    while (s3.faults.outstanding.length > 0 && child.exitCode === null) await pause(5)
    return child
  }

  /** Stops a backup in each of its requests in turn, and looks at what is left; says how many they are. */
  async function inEachRequest(
    signalOf: (nth: number) => NodeJS.Signals,
    look: (status: unknown, nth: number) => Promise<void>,
  ): Promise<number> {
    for (let nth = 1; nth <= many; nth += 1) {
      const child = await hangingIn({ nth })
      if (child.exitCode !== null) {
        s3.faults.clear()
        expect(child.exitCode).toBe(0)
        return nth - 1
      }
      child.kill(signalOf(nth))
      const [status, killedBy] = (await once(child, 'exit')) as [number | null, string | null]
      s3.faults.clear()
      await look(status ?? killedBy, nth)
    }
    throw new Error(`a backup of more than ${many} requests`)
  }

  async function json(...argv: readonly string[]): Promise<unknown> {
    const { status, stdout, stderr } = await home.run([...argv, '--json'])
    expect({ argv, status, stderr }).toMatchObject({ argv, status: 0 })
    return JSON.parse(stdout)
  }

  function hasManifest(): boolean {
    return s3.buckets.get('backups')!.keys.some((key) => key.includes('manifests'))
  }

  async function isRestoredWhole(): Promise<boolean> {
    await json('restore', 'photos', '--to', 'again', '--overwrite')
    return (await readFile(home.join('again', 'photos', 'raw'))).equals(await readFile(home.join('photos', 'raw')))
  }

  it('by SIGINT or SIGTERM, in any of its requests, leaves nothing and ends with 130 or 143', async () => {
    const moments = await inEachRequest(
      (nth) => (nth % 2 === 0 ? 'SIGINT' : 'SIGTERM'),
      async (status, nth) => {
        expect({ nth, status }).toEqual({ nth, status: nth % 2 === 0 ? 130 : 143 })
        expect({ nth, shown: await json('show') }).toEqual({ nth, shown: [] })
        expect({ nth, left: await json('cleanup', '--dry-run') }).toEqual({ nth, left: [] })
        expect({ nth, sync: await json('sync') }).toMatchObject({ nth, sync: { added: [], problems: [] } })
      },
    )
    expect(moments).toBeGreaterThan(6)
    expect(await isRestoredWhole()).toBe(true)
  })

  it('by SIGKILL, in any of its requests, is no backup before its manifest is stored, and cleanup removes what it left', async () => {
    let left = 0
    const moments = await inEachRequest(
      () => 'SIGKILL',
      async (status, nth) => {
        expect({ nth, status }).toEqual({ nth, status: 'SIGKILL' })
        expect({ nth, shown: await json('show') }).toEqual({ nth, shown: [] })
        left += ((await json('cleanup', '--dry-run')) as unknown[]).length
        await json('cleanup')
        expect({ nth, left: await json('cleanup') }).toEqual({ nth, left: [] })
        if (hasManifest()) {
          expect(await isRestoredWhole()).toBe(true)
          await json('delete', 'photos', '--yes')
        }
        expect({ nth, sync: await json('sync') }).toMatchObject({ nth, sync: { added: [], problems: [] } })
      },
    )
    expect(moments).toBeGreaterThan(6)
    expect(left).toBeGreaterThan(moments)
    expect(await isRestoredWhole()).toBe(true)
  })

  it('by SIGKILL before its manifest is stored is cleared away by the next one', async () => {
    const child = await hangingIn({ operation: 'PutObject', key: /manifests/ })
    s3.faults.assertAllHit()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await json('show')).toEqual([])
    await json('backup', 'photos')
    expect(await json('sync')).toMatchObject({ added: [], problems: [] })
    expect(await isRestoredWhole()).toBe(true)
  })
})
