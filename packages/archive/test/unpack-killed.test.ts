import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { withDirectory } from './pack-support.js'
import { entry, extractInto, tar } from './unpack-support.js'

/** Restores a file into a directory, and kills its own process before the archive ends. */
const child = `
const { extract } = await import('@bakthat/archive')
async function* bytes() {
  yield Buffer.from(process.argv[1], 'base64')
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}
await extract(bytes(), { to: process.argv[2] })
`

function killed(target: string): number {
  const begun = tar(entry({ name: 'x', body: 'new' })).subarray(0, 1024)
  const args = ['--input-type=module', '-e', child, begun.toString('base64'), target]
  const { pid, signal } = spawnSync(process.execPath, args, { cwd: import.meta.dirname })
  expect(signal).toBe('SIGKILL')
  return pid
}

describe('a restore that was killed', () => {
  it('leaves a directory of which the next one there tells, and nothing in its target', () =>
    withDirectory(async (directory) => {
      const pid = killed(directory)
      const left = readdirSync(directory)
      expect(left).toEqual([expect.stringMatching(new RegExp(`^\\.bakthat-restore-${pid}-`))])

      const notices: string[] = []
      const onNotice = (notice: string): void => void notices.push(notice)
      await extractInto(directory, tar(entry({ name: 'x', body: 'again' })), { onNotice })
      expect(notices).toEqual([`${join(directory, left[0]!)} was left by a restore that was killed; remove it`])
      expect(readdirSync(directory).sort()).toEqual([...left, 'x'])
    }))

  it('may leave what it was to replace, and the next one says so', () =>
    withDirectory(async (directory) => {
      const pid = killed(directory)
      mkdirSync(join(directory, `.bakthat-restore-${pid}-replaced/old`), { recursive: true })
      writeFileSync(join(directory, `.bakthat-restore-${pid}-replaced/old/x`), 'what was there')
      const notices: string[] = []
      await extractInto(directory, tar(entry({})), { onNotice: (notice) => void notices.push(notice) })
      expect(notices).toContainEqual(expect.stringMatching(/-replaced was left .* look at it, then remove it$/))
    }))

  it('is not taken for one that is under way', () =>
    withDirectory(async (directory) => {
      mkdirSync(join(directory, `.bakthat-restore-${process.ppid}-living`))
      const notices: string[] = []
      await extractInto(directory, tar(entry({})), { onNotice: (notice) => void notices.push(notice) })
      expect(notices).toEqual([])
    }))
})
