import { BakthatError } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'

const deepest = 1024
const longestName = 255

/**
 * The entry's path within the target: components joined by single slashes, without `.` and without a leading slash; empty
 * for the target itself. `UNSAFE_ARCHIVE` for a path that leads out of it or that no file system could hold.
 */
export function safePath(path: string): string {
  const components = path.split('/').filter((component) => component !== '' && component !== '.')
  const problem = components.includes('..')
    ? 'leads out of the target'
    : path.includes('\0')
      ? 'holds a NUL'
      : components.length > deepest
        ? `is deeper than ${deepest} directories`
        : components.some((component) => component.length > longestName)
          ? `has a component of more than ${longestName} bytes`
          : path === ''
            ? 'is empty'
            : undefined
  if (problem === undefined) return components.join('/')
  throw new BakthatError('UNSAFE_ARCHIVE', `the path of the entry ${escapePath(path.slice(0, 4096))} ${problem}`, {
    hint: 'do not trust this archive; nothing of it was restored',
  })
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function topLevelOf(path: string): string {
  const slash = path.indexOf('/')
  return slash < 0 ? path : path.slice(0, slash)
}
