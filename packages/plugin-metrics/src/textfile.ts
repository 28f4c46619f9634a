import { createHash, randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BakthatError, hasSystemCode, systemCodeOf } from '@bakthat/errors'
import { exposition, valuesIn } from './exposition.js'
import { counted, type Values } from './samples.js'
import type { Series, Target } from './target.js'

/**
 * The directory of a textfile collector. Each series has a file of its own, so that backups at the same time do not meet; it is
 * readable to everybody, as collectors run as users of their own, and replaced whole, as they read at any time.
 */
export function textfile(directory: string): Target {
  return async (series, samples) => {
    const path = join(directory, fileNameOf(series))
    try {
      const known = await read(path)
      await replace(path, exposition(new Map([...known, ...counted(known, samples)]), { ...series }))
    } catch (error) {
      throw translated(error, directory)
    }
  }
}

async function read(path: string): Promise<Values> {
  try {
    return valuesIn(await readFile(path, 'utf8'))
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT')) throw error
    return new Map()
  }
}

/** Collectors read what ends in `.prom`, and so not the part that is being written. */
async function replace(path: string, text: string): Promise<void> {
  const partial = `${path}.${randomUUID()}`
  try {
    await write(partial, text)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o644)
  try {
    await file.chmod(0o644)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Names hold anything, and two that look alike are told apart by the digest. */
function fileNameOf({ name, backend, container }: Series): string {
  const readable = name.replaceAll(/[^\w-]+/g, '_').slice(0, 40)
  const digest = createHash('sha256')
    .update(JSON.stringify([name, backend, container]))
    .digest('hex')
  return `bakthat-${readable}-${digest.slice(0, 12)}.prom`
}

function translated(error: unknown, directory: string): unknown {
  const code = systemCodeOf(error)
  if (code === undefined) return error
  return new BakthatError('UNAVAILABLE', `the metrics could not be written to ${directory}: ${code}`, { cause: error })
}
