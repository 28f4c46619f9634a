import { copyFileSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../../..')

/** Where real files are found, in the order in which they are taken. */
const sources = [
  join(repository, 'node_modules/.pnpm'),
  '/usr/lib/python3',
  '/usr/include',
  '/usr/share',
  '/usr/lib',
  '/usr/src',
]

/** What the tree may weigh, at a number of files of 40,000 or more. */
const byteLimit = 480 * 1024 * 1024

/**
 * Fills a directory with copies of real files: source code, documents, images, locales, as this machine has them. The
 * same machine always gives the same tree. Answers with its number of files and bytes.
 */
export function buildTree(directory, wanted) {
  const limit = byteLimit * Math.min(1, wanted / 40_000)
  const totals = { files: 0, bytes: 0 }
  for (const [index, source] of sources.entries()) {
    for (const file of regularFiles(source)) {
      if (totals.files >= wanted) return totals
      if (!fits(file.size, totals, wanted, limit)) continue
      copyInto(join(directory, String(index)), source, file.path)
      totals.files += 1
      totals.bytes += file.size
    }
  }
  return totals
}

/** A file may be big as long as all together stay near what that many files of average size weigh. */
function fits(size, { files, bytes }, wanted, limit) {
  const average = limit / wanted
  return bytes + size <= (files + 1) * average + limit * 0.03
}

function copyInto(directory, source, path) {
  const target = join(directory, path.slice(source.length))
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(path, target)
}

function* regularFiles(directory) {
  for (const name of readNames(directory)) {
    const path = join(directory, name)
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat?.isDirectory()) yield* regularFiles(path)
    else if (stat?.isFile() && (stat.mode & 0o444) !== 0) yield { path, size: stat.size }
  }
}

function readNames(directory) {
  try {
    return readdirSync(directory).sort()
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes(error.code)) return []
    throw error
  }
}
