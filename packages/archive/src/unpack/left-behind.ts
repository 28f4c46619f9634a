import { readdirSync } from 'node:fs'
import { hasSystemCode, systemCodeOf } from '@bakthat/errors'
import { toByteString, toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'

const privateName = /^\.bakthat-restore-(\d+)-/

/** The start of the hidden name of a private directory: it tells which process works in it. */
export function privatePrefix(): string {
  return `.bakthat-restore-${process.pid}-`
}

/**
 * Tells of the private directories there whose processes were killed. None is removed: what was to be replaced may lie in it, and on a
 * shared disk the process may live on another host.
 */
export function tellOfLeftBehind(directory: string, onNotice: (notice: string) => void): void {
  for (const name of namesIn(toByteString(directory)).sort()) {
    const pid = Number(privateName.exec(name)?.[1])
    if (!(pid > 0) || isRunning(pid)) continue
    const path = `${toByteString(directory)}/${name}`
    const advice =
      namesIn(`${path}/old`).length > 0
        ? 'what it was to replace lies in its directory old: look at it, then remove it'
        : 'remove it'
    onNotice(`${escapePath(path)} was left by a restore that was killed; ${advice}`)
  }
}

/** What a directory holds, as far as it may be looked into. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(toFileSystemPath(directory))
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'EACCES', 'ENOTDIR')) return []
    throw error
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH'
  }
}
