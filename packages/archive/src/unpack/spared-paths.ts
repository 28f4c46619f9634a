import { readFileSync, realpathSync } from 'node:fs'
import { systemCodeOf } from '@bakthat/errors'
import { toByteString } from '../paths/byte-string.js'

const leadsNowhere = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

/** The real paths, as byte strings, of those that are there. */
export function realPathsOf(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    try {
      return [toByteString(realpathSync(path))]
    } catch (error) {
      if (leadsNowhere.has(systemCodeOf(error) ?? '')) return []
      throw error
    }
  })
}

/** Where file systems are mounted at this moment, as byte strings. A rename takes them along, and a removal would empty them. */
export function mountPoints(): readonly string[] {
  if (process.platform !== 'linux') return []
  const table = readMountTable()
  return table.split('\n').flatMap((line) => {
    const point = line.split(' ')[4]
    return point === undefined ? [] : [unescaped(point)]
  })
}

/** https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
function readMountTable(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'latin1')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return ''
    throw error
  }
}

function unescaped(point: string): string {
  return point.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))
}

/** The first of some paths that is this one or lies below it. */
export function firstWithin(path: string, others: readonly string[]): string | undefined {
  return others.find((other) => other === path || other.startsWith(`${path}/`))
}
