import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { Bakthat, RotateResult } from 'bakthat'
import { atHome, type Home } from './support/bin.js'
import { run } from './support/fake-host.js'
import { backupOf, backupResultOf } from './support/samples.js'

const withPhotos = (test: (home: Home) => Promise<void>): Promise<void> =>
  atHome(async (home) => {
    mkdirSync(home.join('photos'))
    writeFileSync(home.join('photos', 'beach.txt'), 'sand')
    await test(home)
  })

describe('backup --rotate', () => {
  it('thins out the backups of that name, where it lies itself, after one that is whole', async () => {
    const asked: unknown[] = []
    const thinned = {
      ...{ name: 'photos', backend: 'local', container: '/srv/backups', dryRun: false, policy: { last: 1 } },
      ...{
        keep: [{ backup: backupOf(), reasons: [] }],
        remove: [],
        removed: [backupOf({ id: 2 })],
        deferred: [],
        failed: [],
      },
    } satisfies RotateResult
    const library: Partial<Bakthat> = {
      backup: () => Promise.resolve(backupResultOf()),
      rotate: (name, { destination } = {}) => Promise.resolve(thinned).finally(() => asked.push([name, destination])),
    }
    const argv = ['backup', 'photos', '--prompt', 'no', '--rotate']
    const { status, stdout, stderr } = await run(argv, { library })
    expect({ status, stderr, asked }).toEqual({ status: 0, stderr: '', asked: [['photos', 'local']] })
    expect(stdout).toMatch(/^stored photos[^]*\nphotos in local \(\/srv\/backups\): 1 kept, 1 removed/)
    const { stdout: json } = await run([...argv, '--json'], { library })
    expect(JSON.parse(json)).toMatchObject({
      filename: 'photos',
      rotation: { name: 'photos', removed: [expect.any(String)] },
    })
  })

  it('leaves all as it is after one that lacks something', async () => {
    const warnings = [{ code: 'unreadable', path: 'photos/x', message: 'permission denied', incomplete: true }] as const
    const library = {
      backup: () => Promise.resolve(backupResultOf({ warnings })),
      rotate: () => Promise.reject(new Error('rotated')),
    }
    const { status, stderr } = await run(['backup', 'photos', '--prompt', 'no', '--rotate'], { library })
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: expect.stringMatching(
        /photos\/x: permission denied\nnothing was rotated: this backup is not whole/,
      ) as unknown,
    })
  })

  it('keeps the backup where the rotation cannot be made, and says so', () =>
    withPhotos(async (home) => {
      const argv = ['backup', 'photos', '--prompt', 'no', '--rotate']
      const { status, stdout, stderr } = await home.run(argv)
      expect({ status, stdout }).toEqual({ status: 3, stdout: expect.stringMatching(/^stored photos/) as unknown })
      expect(stderr).toContain('error: photos was not rotated: the rotation has no rule')
      const { stdout: json } = await home.run([...argv, '--json'])
      expect(JSON.parse(json)).toMatchObject({ filename: 'photos', rotation: { problem: { code: 'INVALID_INPUT' } } })
    }))
})
