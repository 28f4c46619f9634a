import type { Operation } from '../call.js'
import { abortMultipartUpload } from './abort-upload.js'
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets.js'
import { completeMultipartUpload } from './complete-upload.js'
import { createMultipartUpload } from './create-upload.js'
import { deleteObject } from './delete-object.js'
import { deleteObjects } from './delete-objects.js'
import { getObject, headObject } from './get-object.js'
import { deleteBucketLifecycle, getBucketLifecycle, putBucketLifecycle } from './lifecycle.js'
import { listObjects, listObjectsV2 } from './list-objects.js'
import { listParts } from './list-parts.js'
import { listMultipartUploads } from './list-uploads.js'
import { listObjectVersions } from './list-versions.js'
import { getObjectLockConfiguration, putObjectLockConfiguration } from './lock-configuration.js'
import { getObjectLegalHold, getObjectRetention, putObjectLegalHold, putObjectRetention } from './object-lock.js'
import { putObject } from './put-object.js'
import { restoreObject } from './restore-object.js'
import { uploadPart } from './upload-part.js'
import { getBucketVersioning, putBucketVersioning } from './versioning.js'

/** Everything that can be asked for. */
export const operations: readonly Operation[] = [
  abortMultipartUpload,
  completeMultipartUpload,
  createBucket,
  createMultipartUpload,
  deleteBucket,
  deleteBucketLifecycle,
  deleteObject,
  deleteObjects,
  getBucketLifecycle,
  getBucketLocation,
  getBucketVersioning,
  getObject,
  getObjectLegalHold,
  getObjectLockConfiguration,
  getObjectRetention,
  headBucket,
  headObject,
  listBuckets,
  listMultipartUploads,
  listObjectVersions,
  listObjects,
  listObjectsV2,
  listParts,
  putBucketLifecycle,
  putBucketVersioning,
  putObject,
  putObjectLegalHold,
  putObjectLockConfiguration,
  putObjectRetention,
  restoreObject,
  uploadPart,
]
