import type { CompletedPart, UploadPartCommandOutput } from '@aws-sdk/client-s3'
import { BakthatError } from '@bakthat/errors'
import { unlessAborted, withAttempts } from '@bakthat/storage'

import { bodyOf } from './body.js'
import { commit, type Commit, type Committed } from './commit.js'
import type { Part } from './parts.js'
import type { Request } from './connection.js'
import { abortUpload } from './unfinished-uploads.js'
import { partsAllowed, type Run } from './upload.js'

/** Parts on their way at the same time, as many as fit. */
const together = { parts: 4, bytes: 64 * 1024 ** 2 }

/** Seconds that giving an upload up may take. */
const patience = 10

/** An upload in parts, aborted whenever it does not come to its end. */
export class MultipartUpload {
  readonly #run: Run
  readonly #sending = new Set<Promise<void>>()
  readonly #sent: CompletedPart[] = []
  #failure: { readonly error: unknown } | undefined
  #bytes = 0

  constructor(run: Run) {
    this.#run = run
  }

  async send(first: Part, others: AsyncGenerator<Part>): Promise<Committed> {
    const uploadId = await this.#begin()
    try {
      await this.#dispatch(uploadId, first)
      for await (const part of others) await this.#dispatch(uploadId, part)
      await Promise.all(this.#sending)
      this.#throwIfFailed()
      return await commit(this.#run, this.#completing(uploadId))
    } catch (error) {
      const cause = this.#failure?.error ?? error
      this.#run.stop.abort(cause)
      await Promise.all(this.#sending)
      await this.#abort(uploadId)
      throw cause
    } finally {
      await others.return(undefined)
    }
  }

  /** An upload that begins while it is being given up is aborted as soon as its name is known. */
  async #begin(): Promise<string> {
    const { connection, place, settings, checksums, signal } = this.#run
    const beginning = connection.request(place.key, undefined, async (s3) => {
      const { UploadId } = await s3.createMultipartUpload({
        ...settings,
        Bucket: connection.bucket,
        Key: place.key,
        ...(checksums ? { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } : {}),
      })
      if (UploadId !== undefined) return UploadId
      throw new BakthatError('UNAVAILABLE', `the server gives no name to the upload of ${place.name}`)
    })
    try {
      return await unlessAborted(beginning, signal)
    } catch (error) {
      void beginning.then((uploadId) => this.#abort(uploadId)).catch(() => undefined)
      throw error
    }
  }

  /** Starts sending a part once there is room for it, and returns when there is room to gather the next. */
  async #dispatch(uploadId: string, part: Part): Promise<void> {
    const parts = partsAllowed(this.#run)
    if (part.number > parts) throw tooLong(this.#run.place.name, parts)
    this.#bytes += part.size
    const sending = this.#sendPart(uploadId, part)
      .catch((error: unknown) => {
        this.#failure ??= { error }
        this.#run.stop.abort(error)
      })
      .finally(() => {
        this.#bytes -= part.size
        this.#sending.delete(sending)
      })
    this.#sending.add(sending)
    while (this.#isBusy()) await Promise.race(this.#sending)
    this.#throwIfFailed()
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
    const { ETag } = await withAttempts({ ...options, attempts: body.attempts }, signal, send)
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

  async #abort(uploadId: string): Promise<void> {
    const { connection, place } = this.#run
    try {
      await abortUpload(connection, place.key, uploadId, AbortSignal.timeout(patience * 1000))
    } catch {
      // The failure that led here is the one to tell; what stays is cleared by `remove` and by the bucket's rule.
    }
  }

  /** One part is always on its way while the next is gathered, however large they are. */
  #isBusy(): boolean {
    const parts = this.#sending.size
    return parts >= together.parts || (parts > 1 && this.#bytes > together.bytes)
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

function tooLong(name: string, parts: number): BakthatError {
  return new BakthatError('NO_SPACE', `${name} is longer than ${parts} parts hold`, {
    hint: 'say the size beforehand (estimatedSize), so that larger parts are chosen, or store less at once',
  })
}
