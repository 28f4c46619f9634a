import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BakthatError, hasSystemCode } from '@bakthat/errors'
import { translate } from '../files.js'
import type { Files } from './templates.js'

/** Makes the directory with the files in it, whole or not at all. `ALREADY_EXISTS` if there is anything of that name. */
export async function writeProject(directory: string, files: Files): Promise<void> {
  await mkdir(directory).catch((cause: unknown) => {
    throw hasSystemCode(cause, 'EEXIST') ? taken(directory, cause) : translate(cause, directory)
  })
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), text)
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw translate(error, directory)
  }
}

function taken(directory: string, cause: unknown): BakthatError {
  return new BakthatError('ALREADY_EXISTS', `${directory} exists already and was left as it is`, {
    hint: 'take another name, or go to another directory',
    cause,
  })
}
