import type { BackendDefinition, StorageBackend } from '@bakthat/storage'

import { accessPolicy } from './access-policy.js'
import { createVault } from './create-vault.js'
import { openGlacier } from './open-glacier.js'
import { optionsOf } from './settings.js'

/** The scheme `glacier`: a vault, named by the key `glacier_vault`. Opening makes no request. */
export const glacier: BackendDefinition = {
  scheme: 'glacier',
  // eslint-disable-next-line @typescript-eslint/require-await -- mistakes are told by a rejection
  async open(settings): Promise<StorageBackend> {
    return openGlacier(optionsOf(settings))
  },
  create: async (settings, options) => createVault(optionsOf(settings), options),
  accessPolicy: (settings, role) => accessPolicy(optionsOf(settings), role),
}
