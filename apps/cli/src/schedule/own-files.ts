import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BakthatError, hasSystemCode } from '@bakthat/errors'
import { translate } from '../files.js'
import { readNote, type Note } from './schedule.js'

/** The notes of those files of a directory that are ours and have such a name. */
export async function ownNotes(
  directory: string,
  fileOf: (name: string) => string,
): Promise<readonly { readonly name: string; readonly note: Note | undefined }[]> {
  const files = await missingAs([], directory, readdir(directory))
  const found = await Promise.all(
    files.sort().map(async (file) => {
      if (!/\.(timer|plist)$/.test(file)) return []
      const path = join(directory, file)
      const own = readNote(await missingAs('', path, readFile(path, 'utf8')))
      return own === undefined || file !== fileOf(own.name) ? [] : [own]
    }),
  )
  return found.flat()
}

/** Writes a file of ours, whole or not at all. `ALREADY_EXISTS` where one of that name is somebody else's. */
export async function writeOwn(path: string, text: string): Promise<void> {
  const there = await missingAs(undefined, path, readFile(path, 'utf8'))
  if (there !== undefined && readNote(there) === undefined)
    throw new BakthatError('ALREADY_EXISTS', `${path} is not a schedule of bakthat and was left as it is`, {
      hint: 'choose another name',
    })
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.new`, text, { mode: 0o600 })
    await rename(`${path}.new`, path)
  } catch (error) {
    await rm(`${path}.new`, { force: true }).catch(() => undefined)
    throw translate(error, path)
  }
}

/** Removes files, which may be gone already. */
export async function removeFiles(...paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await rm(path, { force: true }).catch((error: unknown) => {
      throw translate(error, path)
    })
}

async function missingAs<T>(otherwise: T, path: string, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return otherwise
    throw translate(error, path)
  })
}
