import type { BackendDefinition, BackendSettings, StorageBackend } from '@bakthat/storage'

import { openS3 } from './open-s3.js'
import { optionsOf } from './settings.js'

/** The scheme `s3`: a bucket, named by the key `s3_bucket`. Opening makes no request. */
export const s3: BackendDefinition = {
  scheme: 's3',
  // eslint-disable-next-line @typescript-eslint/require-await -- mistakes are told by a rejection
  async open(settings: BackendSettings): Promise<StorageBackend> {
    return openS3(optionsOf(settings))
  },
}
