import { randomUUID } from 'node:crypto'

import { S3 } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe } from '@jest/globals'
import { motoServer, startMoto, type Moto } from '@bakthat/emulator/moto'
import type { S3Options } from '@bakthat/s3'

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Registers tests that need moto: they are skipped, visibly, where it is not installed. */
export function withMoto(name: string, body: () => void): void {
  ;(motoServer() === undefined ? describe.skip : describe)(name, body)
}

/** One server for all tests of a file. */
export function motoForThisFile(): { bucket(): Promise<MotoBucket> } {
  let moto: Moto | undefined
  beforeAll(async () => {
    moto = await startMoto()
  })
  afterAll(async () => {
    await moto?.stop()
  })
  return { bucket: () => MotoBucket.make(moto!.endpoint) }
}

/** A new bucket, and the SDK's own view of it. */
export class MotoBucket {
  readonly name: string
  readonly options: S3Options
  readonly s3: S3

  private constructor(name: string, endpoint: string) {
    this.name = name
    this.options = { bucket: name, endpoint, credentials, region: 'us-east-1' }
    this.s3 = new S3({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
  }

  static async make(endpoint: string): Promise<MotoBucket> {
    const bucket = new MotoBucket(`bucket-${randomUUID()}`, endpoint)
    await bucket.s3.createBucket({ Bucket: bucket.name })
    return bucket
  }

  /** Uploads that were begun and neither finished nor aborted. */
  async uploads(): Promise<string[]> {
    const { Uploads = [] } = await this.s3.listMultipartUploads({ Bucket: this.name })
    return Uploads.map(({ Key }) => Key ?? '')
  }
}
