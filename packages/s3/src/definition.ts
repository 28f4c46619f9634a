import type { BackendDefinition, BackendSettings, CallOptions, ContainerMade, Role } from '@bakthat/storage'

import { accessPolicy } from './access-policy.js'
import { createBucket } from './bucket.js'
import { containerOf } from './container.js'
import { openS3, type S3Backend } from './open-s3.js'
import { optionsOf } from './settings.js'

/** The scheme `s3`: a bucket, named by the key `s3_bucket`. Opening makes no request. */
export const s3 = {
  scheme: 's3',
  // eslint-disable-next-line @typescript-eslint/require-await -- mistakes are told by a rejection
  async open(settings: BackendSettings): Promise<S3Backend> {
    return openS3(optionsOf(settings))
  },
  async create(settings: BackendSettings, options?: CallOptions): Promise<ContainerMade> {
    const s3Options = optionsOf(settings)
    const { notices } = await createBucket(s3Options, options)
    return { container: containerOf(s3Options), notices }
  },
  accessPolicy(settings: BackendSettings, role: Role): object {
    return accessPolicy(optionsOf(settings), role)
  },
} satisfies BackendDefinition
