import { describe, it } from '@jest/globals'
import { openS3, type S3Options } from '@bakthat/s3'
import { describeRegisters, describeStorageBackend, type Fixture } from '@bakthat/storage-testing'

import { motoForThisFile, withMoto } from './moto.js'

withMoto('on moto', () => {
  const moto = motoForThisFile()

  async function inBucket(more: Partial<S3Options> = {}): Promise<Fixture> {
    const bucket = await moto.bucket()
    const options = { ...bucket.options, ...more }
    const backend = openS3(options)
    return {
      backend,
      reopen: () => Promise.resolve(openS3(options)),
      leftovers: () => bucket.uploads(),
      dispose: async () => {
        await backend.close()
        bucket.s3.destroy()
      },
    }
  }

  describeStorageBackend('a bucket', { describe, it }, { create: () => inBucket() })
  describeRegisters('a bucket', { describe, it }, { create: () => inBucket() })
  describeStorageBackend(
    'a prefix of a bucket, as on AWS',
    { describe, it },
    {
      create: () => inBucket({ prefix: 'some where/100%/', provider: 'aws', pathStyle: true }),
    },
  )
})
