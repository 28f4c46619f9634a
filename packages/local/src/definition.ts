import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'

import { BakthatError } from '@bakthat/errors'
import type { BackendDefinition, BackendSettings, StorageBackend } from '@bakthat/storage'

import { told, unless } from './failures.js'
import { openLocal } from './open-local.js'

/** The scheme `local`: a directory, named by the key `local_dir`. */
export const local: BackendDefinition = {
  scheme: 'local',
  async open({ local_dir: directory }: BackendSettings): Promise<StorageBackend> {
    if (typeof directory !== 'string' || !isAbsolute(directory) || directory.includes('\0')) {
      throw mistake('is not an absolute path')
    }
    if (await isInTheWay(directory)) throw mistake(`is not a directory: ${directory}`)
    return openLocal(directory)
  },
}

function mistake(what: string): BakthatError {
  return new BakthatError('INVALID_CONFIG', `local_dir ${what}`, {
    hint: 'set local_dir to the directory that keeps the backups, such as /srv/backups',
  })
}

/** Whether the path leads to or through something that is no directory. That nothing is there yet is no mistake. */
async function isInTheWay(directory: string): Promise<boolean> {
  const found = await told(directory, () =>
    unless(['ENOTDIR'], async () => (await unless(['ENOENT'], () => stat(directory))) ?? 'nothing'),
  )
  return found === undefined || (found !== 'nothing' && !found.isDirectory())
}
