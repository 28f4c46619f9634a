import { describe, it } from '@jest/globals'
import { hour } from '@bakthat/emulator/s3'
import { openS3, type S3Options } from '@bakthat/s3'
import { describeRegisters, describeStorageBackend, type Fixture } from '@bakthat/storage-testing'

import { emulated, inBucket } from './emulated.js'
import { motoForThisFile, withMoto } from './moto.js'

const runner = { describe, it }

/** With three keys to a page, so that every listing has several. */
async function onEmulator(more: Partial<S3Options> = {}): Promise<Fixture> {
  const at = await emulated({ limits: { page: 3 } })
  return {
    backend: at.open(more),
    reopen: () => Promise.resolve(at.open(more)),
    leftovers: () => Promise.resolve(inBucket(at).uploads),
    thaw: () => {
      at.server.clock.advance(12 * hour)
      return Promise.resolve()
    },
    lapse: () => {
      at.server.clock.advance(30 * 24 * hour)
      return Promise.resolve()
    },
    dispose: async () => {
      await at[Symbol.asyncDispose]()
    },
  }
}

describe('on the emulator', () => {
  describeStorageBackend('a bucket as on AWS', runner, { create: () => onEmulator() })
  describeStorageBackend('a bucket with cold storage', runner, {
    create: () => onEmulator({ storageClass: 'GLACIER', prefix: 'cold/' }),
  })
  describeRegisters('a bucket as on AWS', runner, { create: () => onEmulator() })
})

withMoto('on moto', () => {
  const moto = motoForThisFile()

  async function inMoto(more: Partial<S3Options> = {}): Promise<Fixture> {
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

  describeStorageBackend('a bucket', runner, { create: () => inMoto() })
  describeRegisters('a bucket', runner, { create: () => inMoto() })
  describeStorageBackend('a prefix of a bucket, as on AWS', runner, {
    create: () => inMoto({ prefix: 'some where/100%/', provider: 'aws', pathStyle: true }),
  })
})
