import { open } from 'node:fs/promises'
import { BakthatError, hasSystemCode, isBakthatError, unavailableOf } from '@bakthat/errors'

const chunkSize = 1 << 20

/** A file's bytes. Nothing is opened before it is read. */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw translateFileError(error, path)
  })
  try {
    while (true) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkSize), 0, chunkSize)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    throw translateFileError(error, path)
  } finally {
    await file.close()
  }
}

/** Throws `INVALID_INPUT` for what no file can be called. */
export function checkPath(path: string): void {
  if (path !== '' && !path.includes('\0')) return
  throw new BakthatError('INVALID_INPUT', `${JSON.stringify(path)} is no path`, { hint: 'name a file' })
}

/** What a system error means for a path that a caller named. Any other value is given back as it is. */
export function translateFileError(error: unknown, path: string): unknown {
  if (isBakthatError(error)) return error
  if (hasSystemCode(error, 'ENOENT', 'ENOTDIR'))
    return new BakthatError('INVALID_INPUT', `${path} does not exist`, { hint: hintFor(path), cause: error })
  if (hasSystemCode(error, 'ELOOP'))
    return new BakthatError('INVALID_INPUT', `${path} is a loop of symbolic links`, {
      hint: 'check the path',
      cause: error,
    })
  if (hasSystemCode(error, 'ENAMETOOLONG'))
    return new BakthatError('INVALID_INPUT', `${path} is a longer path than the file system takes`, {
      hint: 'check the path',
      cause: error,
    })
  if (hasSystemCode(error, 'EISDIR'))
    return new BakthatError('INVALID_INPUT', `${path} is a directory`, { hint: 'name a file', cause: error })
  if (hasSystemCode(error, 'EACCES', 'EPERM'))
    return new BakthatError('PERMISSION_DENIED', `${path} may not be read`, {
      hint: 'run as a user who may read it',
      cause: error,
    })
  return unavailableOf(error, path) ?? error
}

/** Node reads arguments as UTF-8, and puts this character where they are not. */
function hintFor(path: string): string {
  return path.includes('\ufffd') ? 'a name that is not UTF-8 cannot be given: name what it lies in' : 'check the path'
}
