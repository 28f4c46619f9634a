import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Compares two trees entry by entry: what is there, its kind, mode, time of change, size, and SHA-256 or link text.
 * Answers with the number of entries and bytes compared, and a sentence for every difference. Times may differ by a
 * microsecond unless said otherwise: Node sets them through a double of seconds, which is a little less exact than that.
 */
export function compareTrees(left, right, { timeToleranceNs = 1000n } = {}) {
  const outcome = { entries: 0, bytes: 0, differences: [], timeToleranceNs }
  compareEntry(left, right, '.', outcome)
  return outcome
}

function compareEntry(left, right, path, outcome) {
  const [one, other] = [look(left), look(right)]
  outcome.entries += 1
  outcome.bytes += one?.kind === 'file' ? one.size : 0
  if (one === undefined || other === undefined) {
    outcome.differences.push(`${path} is only in ${one === undefined ? 'the restored tree' : 'the original'}`)
    return
  }
  for (const field of ['kind', 'mode', 'size', 'content']) {
    if (one[field] === other[field]) continue
    outcome.differences.push(`${path} differs in ${field}: ${one[field]} was restored as ${other[field]}`)
  }
  const drift = one.mtimeNs - other.mtimeNs
  if (drift > outcome.timeToleranceNs || drift < -outcome.timeToleranceNs) {
    outcome.differences.push(`${path} differs in its time of change by ${drift} ns`)
  }
  for (const name of new Set([...one.names, ...other.names])) {
    compareEntry(join(left, name), join(right, name), join(path, name), outcome)
  }
}

function look(path) {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (stat === undefined) return undefined
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'symlink' : 'other'
  return {
    kind,
    mode: (Number(stat.mode) & 0o7777).toString(8),
    mtimeNs: stat.mtimeNs,
    // A directory's size is the file system's affair.
    size: kind === 'directory' ? 0 : Number(stat.size),
    content: kind === 'file' ? sha256(path) : kind === 'symlink' ? readlinkSync(path) : '',
    names: kind === 'directory' ? readdirSync(path).sort() : [],
  }
}

function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
