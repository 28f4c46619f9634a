import { partitionOf } from '@bakthat/aws'
import type { Role } from '@bakthat/storage'

import { defaultRegion } from './container.js'
import type { GlacierOptions } from './options.js'

const write = [
  'UploadArchive',
  'InitiateMultipartUpload',
  'UploadMultipartPart',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
]
const look = ['DescribeVault', 'ListJobs', 'DescribeJob', 'GetJobOutput', 'InitiateJob']
const clear = ['DeleteArchive', 'GetVaultLock', 'ListMultipartUploads', 'AbortMultipartUpload']

/** Of a job's kind IAM knows nothing: whoever may ask for the inventory may ask for archives. */
const actions: Readonly<Record<Role, readonly string[]>> = {
  writer: write,
  rotator: [...look, ...clear],
  reader: look,
  admin: [...write, ...look, ...clear, 'ListParts', 'CreateVault'],
}

/** What the account allows to be brought back is asked of the account, for which IAM has no resource. */
const ofAccount = { Effect: 'Allow', Action: ['glacier:GetDataRetrievalPolicy'], Resource: '*' }

/** A policy for IAM: the least that a role needs on the vault. */
export function accessPolicy({ vault, region = defaultRegion }: GlacierOptions, role: Role): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [...new Set(actions[role])].map((action) => `glacier:${action}`),
        Resource: `arn:${partitionOf(region)}:glacier:${region}:*:vaults/${vault}`,
      },
      ...(role === 'admin' ? [ofAccount] : []),
    ],
  }
}
