import { chmodSync, closeSync, lstatSync, openSync, readdirSync, rmdirSync, rmSync, unlinkSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import { codeOf } from './file-errors.js'
import { directoryFlags, longestAccessPath } from './directories.js'

/** Removes a tree of ours, whatever modes its directories have by now, and however deep it is. */
export function removeTree(path: string): void {
  try {
    rmSync(toFileSystemPath(path), { recursive: true, force: true })
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'ENAMETOOLONG') throw error
    if (lstatSync(toFileSystemPath(path)).isDirectory()) removeDirectory(path)
    else unlinkSync(toFileSystemPath(path))
  }
}

function removeDirectory(path: string): void {
  chmodSync(toFileSystemPath(path), 0o700)
  if (path.length <= longestAccessPath || process.platform !== 'linux') {
    empty(path)
  } else {
    const descriptor = openSync(toFileSystemPath(path), directoryFlags)
    try {
      empty(`/proc/self/fd/${descriptor}`)
    } finally {
      closeSync(descriptor)
    }
  }
  rmdirSync(toFileSystemPath(path))
}

function empty(directory: string): void {
  for (const entry of readdirSync(toFileSystemPath(directory), { withFileTypes: true, encoding: 'latin1' })) {
    const path = `${directory}/${entry.name}`
    if (entry.isDirectory()) removeDirectory(path)
    else unlinkSync(toFileSystemPath(path))
  }
}
