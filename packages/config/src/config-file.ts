import { isUtf8 } from 'node:buffer'
import { lstat, open, type FileHandle } from 'node:fs/promises'
import { BakthatError, systemCodeOf, unavailableOf } from '@bakthat/errors'

/** A file as it was read. */
export interface ConfigFile {
  readonly path: string
  readonly bytes: Uint8Array
  /** The permission bits. */
  readonly mode: number
}

/** A configuration is small; whatever is larger is another file. */
const mostBytes = 2 ** 20

/**
 * Reads a configuration file; `undefined` if there is none. A link that leads nowhere is not that: it is `INVALID_INPUT`.
 * A directory or another thing that cannot be a configuration is `INVALID_CONFIG`, no permission `PERMISSION_DENIED`, a disk
 * that fails `UNAVAILABLE`.
 */
export async function readConfigFile(path: string): Promise<ConfigFile | undefined> {
  try {
    await using file = await open(path)
    return { path, bytes: await readUpTo(file, path), mode: (await file.stat()).mode & 0o777 }
  } catch (error) {
    await translate(error, path)
    return undefined
  }
}

/** Pipes have no size and no end that could be trusted, so this reads until there is too much. */
async function readUpTo(file: FileHandle, path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>) {
    pieces.push(piece)
    size += piece.length
    if (size > mostBytes) throw new BakthatError('INVALID_CONFIG', `${path} is too large for a configuration`)
  }
  return Buffer.concat(pieces)
}

/** Throws what the error means; returns for the one that means that there is no file. */
async function translate(error: unknown, path: string): Promise<void> {
  switch (systemCodeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      if (!(await isThere(path))) return
      throw new BakthatError('INVALID_INPUT', `${path} is a link to a file that is not there`, { cause: error })
    case 'EACCES':
    case 'EPERM':
      throw new BakthatError('PERMISSION_DENIED', `the configuration ${path} cannot be read`, {
        hint: 'make it readable to the user who runs this, and to nobody else',
        cause: error,
      })
    case 'EISDIR':
      throw new BakthatError('INVALID_CONFIG', `${path} is a directory, not a configuration file`, { cause: error })
    case 'ELOOP':
    case 'ENAMETOOLONG':
    case 'ENXIO':
      throw new BakthatError('INVALID_CONFIG', `${path} cannot be a configuration file`, { cause: error })
    default:
      throw unavailableOf(error, `the configuration ${path}`) ?? error
  }
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  )
}

/** The first line, from 1, that is not UTF-8; `undefined` when all are. */
export function lineThatIsNotUtf8(bytes: Uint8Array): number | undefined {
  if (isUtf8(bytes)) return undefined
  let line = 1
  for (let start = 0; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(10, start)
    const end = newline === -1 ? bytes.length : newline + 1
    if (!isUtf8(bytes.subarray(start, end))) return line
    start = end
  }
  return line
}
