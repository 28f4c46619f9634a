import { renameSync } from 'node:fs'
import { BakthatError } from '@bakthat/errors'
import { toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import type { TarEntry } from './tar-entry.js'

/**
 * Makes a FIFO or device node at a path where nothing is. Node cannot; mknod(1) can, but takes no names that are not UTF-8:
 * so it is made as `temporary`, which is, and renamed.
 */
export function makeSpecialFile(temporary: string, path: string | Buffer, entry: TarEntry): void {
  const { type, deviceMajor, deviceMinor } = entry
  const kind = type === 'fifo' ? ['p'] : [type === 'block-device' ? 'b' : 'c', String(deviceMajor), String(deviceMinor)]
  const name = Buffer.from(temporary, 'latin1').toString('utf8')
  // Not loaded by everybody who restores, for the few that need it.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  // What it says of a failure is all that tells which one it is.
  const env = { ...process.env, LC_ALL: 'C' }
  const { status, error, stderr } = spawnSync('mknod', ['-m', '600', '--', name, ...kind], { env, encoding: 'utf8' })
  if (error !== undefined)
    throw new BakthatError('UNSUPPORTED', `${escapePath(entry.path)} cannot be made: mknod cannot be run`, {
      hint: 'install mknod, or restore without --special',
      cause: error,
    })
  if (status !== 0) {
    const failure = new Error(`mknod for ${escapePath(entry.path)} failed: ${stderr.trim()}`)
    throw /not permitted/i.test(stderr) ? Object.assign(failure, { code: 'EPERM' }) : failure
  }
  renameSync(toFileSystemPath(temporary), path)
}
