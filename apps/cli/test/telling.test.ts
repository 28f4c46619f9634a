import { describe, expect, it } from '@jest/globals'
import { BakthatError } from '@bakthat/errors'
import type { Bakthat } from 'bakthat'
import { FakeHost } from './support/fake-host.js'
import { backupResultOf } from './support/samples.js'

/** Backs up for a minute and a half, and tells its progress every second. */
async function slowBackup(...flags: readonly string[]): Promise<readonly string[]> {
  const library: Partial<Bakthat> = {
    backup: (_, options) => {
      for (let second = 1; second <= 90; second++) {
        host.time += 1000
        options?.onProgress?.({ phase: 'packing', current: 'a/b', files: second, bytes: second * 1_000_000 })
      }
      return Promise.resolve(backupResultOf())
    },
  }
  const host = new FakeHost({ library })
  const { stderr } = await host.run('backup', ...flags)
  return stderr.split('\n').filter((line) => line.startsWith('packing'))
}

describe('progress without a terminal', () => {
  it('is a plain line now and then', async () => {
    const lines = await slowBackup()
    expect(lines).toHaveLength(3)
    expect(lines[0]).toBe('packing  30.0 MB  1.0 MB/s  30 files  a/b')
  })

  it('is a line a second with --verbose, and none with --quiet', async () => {
    expect(await slowBackup('--verbose')).toHaveLength(90)
    expect(await slowBackup('-v', '-q')).toEqual([])
  })
})

describe('a failure', () => {
  const cause = new Error('socket hang up')
  const library = { show: () => Promise.reject(new BakthatError('UNAVAILABLE', 'no answer', { cause })) }
  const env = { FORCE_COLOR: '1' }

  it('has no colours with --no-color', async () => {
    expect((await new FakeHost({ library, env }).run('show')).stderr).toContain('\u001b[')
    expect((await new FakeHost({ library, env }).run('show', '--no-color')).stderr).toBe('error: no answer\n')
    expect((await new FakeHost({ library, env }).run('shwo', '--no-color')).stderr).not.toContain('\u001b[')
  })

  it('tells where it comes from with --debug, and only then', async () => {
    expect((await new FakeHost({ library }).run('show')).stderr).not.toContain('socket hang up')
    const { stderr } = await new FakeHost({ library }).run('show', '--debug')
    expect(stderr).toMatch(/ {4}at [^]*caused by: Error: socket hang up\n[^]*\n\nerror: no answer\n$/)
  })
})

describe('version', () => {
  it('tells that of Node and the platform too', async () => {
    const { stdout } = await new FakeHost().run('version', '--json')
    expect(JSON.parse(stdout)).toEqual({
      bakthat: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    })
  })
})
