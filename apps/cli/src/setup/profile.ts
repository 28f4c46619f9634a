import { loadSettings } from '@bakthat/config'
import { isBakthatError } from '@bakthat/errors'
import type { Conf } from 'bakthat'
import { defined } from '../given.js'

/** Which profile of which file. */
export interface ProfileGiven {
  readonly config?: string | undefined
  readonly profile?: string | undefined
}

/** Of a profile that was written for the Python tool no key is taken for missing. */
export function isNew(conf: Conf): boolean {
  return Object.keys(conf).length === 0
}

/** What a profile says by now; nothing where there is none yet. Mistakes in the file are told, and not written over. */
export async function currentConf({ config, profile = 'default' }: ProfileGiven): Promise<Conf> {
  try {
    return (await loadSettings({ ...defined({ file: config }), profile })).conf
  } catch (error) {
    if (isBakthatError(error, 'INVALID_INPUT')) return {}
    throw error
  }
}
