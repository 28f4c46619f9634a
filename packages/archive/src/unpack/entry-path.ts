import { BakthatError } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'
import { deepestPath, longestPath } from '../paths/path-limits.js'

/** Longer ones fit into no file system. */
const longestName = 255

/** An empty component, `.` or `..`. */
export const peculiar = /(?:^|\/)\.{0,2}(?:\/|$)/

/**
 * An entry's path within the target: components joined by single slashes, without `.` and without a leading slash; empty
 * for the target itself. `UNSAFE_ARCHIVE` for a path that leads out of it or that no file system can hold; `what` names it then.
 */
export function safePath(path: string, what = 'the path of the entry'): string {
  if (path === '' || path.includes('\0')) throw unsafe(what, path, path === '' ? 'is empty' : 'holds a NUL')
  if (path.length > longestPath) throw unsafe(what, path, `is longer than ${longestPath} bytes`)
  if (path.length <= longestName && !peculiar.test(path)) return path
  const components = path.split('/').filter((component) => component !== '' && component !== '.')
  if (components.includes('..')) throw unsafe(what, path, 'leads out of the target')
  if (components.length > deepestPath) throw unsafe(what, path, `is deeper than ${deepestPath} directories`)
  if (components.some((component) => component.length > longestName)) {
    throw unsafe(what, path, `has a name of more than ${longestName} bytes`)
  }
  return components.join('/')
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

export function topLevelOf(path: string): string {
  const slash = path.indexOf('/')
  return slash < 0 ? path : path.slice(0, slash)
}

function unsafe(what: string, path: string, problem: string): BakthatError {
  const shown = path.length > 1024 ? `${escapePath(path.slice(0, 1024))}…` : escapePath(path)
  return new BakthatError('UNSAFE_ARCHIVE', `${what} "${shown}" ${problem}`, { hint: doNotTrust })
}

/** The hint for everything that no honest archive asks for. */
export const doNotTrust = 'do not trust this archive; nothing of it was restored'
