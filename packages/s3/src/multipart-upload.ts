import type { CompletedPart, UploadPartCommandOutput } from '@aws-sdk/client-s3'
import { passingFailures } from '@bakthat/aws'
import { BakthatError } from '@bakthat/errors'
import { withAttempts, type MultipartRequests } from '@bakthat/storage'

import { bodyOf } from './body.js'
import { commit, type Commit, type Committed } from './commit.js'
import type { Part } from './parts.js'
import type { Request } from './connection.js'
import { abortUpload } from './unfinished-uploads.js'
import { partsAllowed, type Run } from './upload.js'

/** The requests of one upload in parts. */
export class MultipartUpload implements MultipartRequests<Part, Committed> {
  readonly #run: Run
  readonly #sent: CompletedPart[] = []

  constructor(run: Run) {
    this.#run = run
  }

  begin(): Promise<string> {
    const { connection, place, settings, checksums } = this.#run
    return connection.request(place.key, undefined, async (s3) => {
      const { UploadId } = await s3.createMultipartUpload({
        ...settings,
        Bucket: connection.bucket,
        Key: place.key,
        ...(checksums ? { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } : {}),
      })
      if (UploadId !== undefined) return UploadId
      throw new BakthatError('UNAVAILABLE', `the server gives no name to the upload of ${place.name}`)
    })
  }

  send(uploadId: string, part: Part): Promise<void> {
    const parts = partsAllowed(this.#run)
    if (part.number > parts) throw tooLong(this.#run.place.name, parts)
    return this.#sendPart(uploadId, part)
  }

  complete(uploadId: string): Promise<Committed> {
    return commit(this.#run, this.#completing(uploadId))
  }

  abort(uploadId: string, signal: AbortSignal): Promise<void> {
    const { connection, place } = this.#run
    return abortUpload(connection, place.key, uploadId, signal)
  }

  async #sendPart(uploadId: string, part: Part): Promise<void> {
    const { connection, options, place, signal, checksums } = this.#run
    const checksum = checksums ? { ChecksumCRC32: part.crc32 } : {}
    const body = bodyOf(this.#run, part)
    const request: Request<UploadPartCommandOutput> = (s3, how) =>
      s3.uploadPart(
        {
          ...checksum,
          Bucket: connection.bucket,
          Key: place.key,
          UploadId: uploadId,
          PartNumber: part.number,
          Body: body.make(),
          ContentLength: part.size,
        },
        how,
      )
    const send = (): Promise<UploadPartCommandOutput> => connection.request(place.key, signal, request)
    const attempting = { ...options, attempts: body.attempts, codes: passingFailures }
    const { ETag } = await withAttempts(attempting, signal, send)
    body.release()
    this.#sent.push({ ...checksum, ETag, PartNumber: part.number })
  }

  #completing(uploadId: string): Commit {
    const { connection, place, tally, checksums } = this.#run
    const parts = this.#sent.sort((one, other) => one.PartNumber! - other.PartNumber!)
    const checksum = checksums
      ? { ChecksumCRC32: tally.crc32(), ChecksumType: 'FULL_OBJECT' as const, MpuObjectSize: tally.size }
      : {}
    return (s3, options, condition) =>
      s3.completeMultipartUpload(
        {
          ...checksum,
          ...condition,
          Bucket: connection.bucket,
          Key: place.key,
          UploadId: uploadId,
          MultipartUpload: { Parts: parts },
        },
        options,
      )
  }
}

function tooLong(name: string, parts: number): BakthatError {
  return new BakthatError('NO_SPACE', `${name} is longer than ${parts} parts hold`, {
    hint: 'say the size beforehand (estimatedSize), so that larger parts are chosen, or store less at once',
  })
}
