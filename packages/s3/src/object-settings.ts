import type { CreateMultipartUploadCommandInput, ObjectLockMode, StorageClass } from '@aws-sdk/client-s3'
import { daysAfter } from '@bakthat/storage'

import type { S3Options } from './options.js'

/** What is said of an object when it is made, in one request or as an upload in parts. */
export type ObjectSettings = Pick<
  CreateMultipartUploadCommandInput,
  | 'Metadata'
  | 'ContentType'
  | 'StorageClass'
  | 'ServerSideEncryption'
  | 'SSEKMSKeyId'
  | 'ObjectLockMode'
  | 'ObjectLockRetainUntilDate'
>

/** The field of an object's metadata that tells whose upload made it. */
export const nonceField = 'bakthat-upload'

const modes = { governance: 'GOVERNANCE', compliance: 'COMPLIANCE' } as const satisfies Record<string, ObjectLockMode>

export function objectSettings(
  options: S3Options,
  nonce: string,
  purpose: 'archive' | 'metadata' | undefined,
): ObjectSettings {
  return { ...unlockedSettings(options, nonce, purpose), ...lockSettings(options) }
}

/** The same for what is to be removed again. */
export function unlockedSettings(
  { storageClass, sse, sseKmsKeyId }: S3Options,
  nonce: string,
  purpose: 'archive' | 'metadata' | undefined,
): ObjectSettings {
  const isArchive = purpose !== 'metadata'
  // S3 takes a key only together with the encryption that is by such keys.
  const encryption = sse ?? (sseKmsKeyId === undefined ? undefined : 'aws:kms')
  return {
    Metadata: { [nonceField]: nonce },
    ContentType: 'application/octet-stream',
    ...(storageClass === undefined || !isArchive ? {} : { StorageClass: storageClass as StorageClass }),
    ...(encryption === undefined ? {} : { ServerSideEncryption: encryption }),
    ...(sseKmsKeyId === undefined ? {} : { SSEKMSKeyId: sseKmsKeyId }),
  }
}

function lockSettings({ objectLock, now = () => new Date() }: S3Options): ObjectSettings {
  if (objectLock === undefined) return {}
  return {
    ObjectLockMode: modes[objectLock.mode],
    ObjectLockRetainUntilDate: daysAfter(now(), objectLock.days),
  }
}
