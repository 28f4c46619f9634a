import { readFileSync, readlinkSync } from 'node:fs'

/** Which processes a number of one is of, as the engine wants it told: on Linux the start of the kernel and the PID namespace. */
export function processSpace(): { readonly processes?: string } {
  if (process.platform !== 'linux') return {}
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return { processes: `${boot} ${readlinkSync('/proc/self/ns/pid')}` }
  } catch (error) {
    // Without /proc the numbers alone have to do.
    if (!['ENOENT', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return {}
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
