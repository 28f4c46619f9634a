import { readFileSync, readlinkSync } from 'node:fs'
import { hasSystemCode } from '@bakthat/errors'

/** Which processes a number of one is of, as the engine wants it told: on Linux the start of the kernel and the PID namespace. */
export function processSpace(): { readonly processes?: string } {
  if (process.platform !== 'linux') return {}
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return { processes: `${boot} ${readlinkSync('/proc/self/ns/pid')}` }
  } catch (error) {
    // Without /proc the numbers alone have to do.
    if (!hasSystemCode(error, 'ENOENT', 'EACCES', 'EPERM')) throw error
    return {}
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !hasSystemCode(error, 'ESRCH')
  }
}

/** The processes that a process started, and those that these did; none where there is no /proc to tell of them. */
export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').map(Number).filter(Boolean)
  } catch {
    return []
  }
}

/** Asks a process to end. It may have ended by now, or be another user's. */
export function terminate(pid: number): void {
  try {
    process.kill(pid)
  } catch (error) {
    if (!hasSystemCode(error, 'ESRCH', 'EPERM')) throw error
  }
}
