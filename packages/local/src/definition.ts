import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'

import { BakthatError } from '@bakthat/errors'
import type { BackendDefinition, BackendSettings, StorageBackend } from '@bakthat/storage'

import { openLocal } from './open-local.js'

/** The scheme `local`: a directory, named by the key `local_dir`. */
export const local: BackendDefinition = {
  scheme: 'local',
  // eslint-disable-next-line @typescript-eslint/require-await -- opening writes nothing and asks nobody, but may reject
  async open(settings: BackendSettings): Promise<StorageBackend> {
    return openLocal(directoryOf(settings))
  },
}

function directoryOf({ local_dir: directory }: BackendSettings): string {
  if (typeof directory !== 'string' || !isAbsolute(directory) || directory.includes('\0')) {
    throw new BakthatError('INVALID_CONFIG', 'local_dir is not an absolute path', {
      hint: 'set local_dir to the directory that keeps the backups, such as /srv/backups',
    })
  }
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new BakthatError('INVALID_CONFIG', `local_dir is not a directory: ${directory}`, {
      hint: 'set local_dir to the directory that keeps the backups',
    })
  }
  return directory
}
