import { readFileSync } from 'node:fs'
import { systemCodeOf } from '@bakthat/errors'

/** Names by number from a file like `/etc/passwd` or `/etc/group`, as byte strings; none where the file cannot be read. */
export function readOwnerNames(file: string): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of readLines(file)) {
    const [name, , number] = line.split(':')
    if (name === undefined || name === '' || number === undefined || !/^\d+$/.test(number)) continue
    const id = Number(number)
    if (!names.has(id)) names.set(id, name)
  }
  return names
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'latin1').split('\n')
  } catch (error) {
    if (ordinaryFailures.has(String(systemCodeOf(error)))) return []
    throw error
  }
}

const ordinaryFailures = new Set(['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR'])
