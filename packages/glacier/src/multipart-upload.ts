import { Readable } from 'node:stream'

import { contiguousBytesOf, partPerseverance, passingFailures } from '@bakthat/aws'
import { BakthatError } from '@bakthat/errors'
import { defaultAttempts, withAttempts, type MultipartRequests } from '@bakthat/storage'

import type { Part } from './parts.js'
import { partLimits } from './part-size.js'
import { stored } from './storing.js'
import { abortUpload } from './unfinished-uploads.js'
import type { Run } from './upload.js'

/** The requests of one upload in parts; what comes of it is the archive's id. */
export class MultipartUpload implements MultipartRequests<Part, string> {
  readonly #run: Run
  readonly #description: string

  constructor(run: Run, description: string) {
    this.#run = run
    this.#description = description
  }

  async begin(): Promise<string> {
    const { connection, name, partSize, earlier } = this.#run
    if (earlier !== undefined) return earlier.uploadId
    return connection.request(name, undefined, async (glacier) => {
      const { uploadId } = await glacier.initiateMultipartUpload({
        accountId: '-',
        vaultName: connection.vault,
        archiveDescription: this.#description,
        partSize: String(partSize),
      })
      if (uploadId !== undefined) return uploadId
      throw new BakthatError('UNAVAILABLE', `the server gives no name to the upload of ${name}`, {
        hint: 'try again later',
      })
    })
  }

  send(uploadId: string, part: Part): Promise<void> {
    const { name, partSize } = this.#run
    if (part.start >= partLimits.parts * partSize) throw tooLong(name, partSize)
    return this.#sendPart(uploadId, part)
  }

  /** Repeating it gives the same archive, so that a lost answer does no harm. */
  complete(uploadId: string): Promise<string> {
    const { connection, name, tally } = this.#run
    const treeHash = tally.treeHash()
    return stored(this.#run, treeHash, (late) =>
      connection.request(name, late, (glacier, options) =>
        glacier.completeMultipartUpload(
          {
            accountId: '-',
            vaultName: connection.vault,
            uploadId,
            archiveSize: String(tally.size),
            checksum: treeHash,
          },
          options,
        ),
      ),
    )
  }

  /** One that cannot be aborted Glacier forgets by itself, a day after its last part. */
  abort(uploadId: string, signal: AbortSignal): Promise<void> {
    return abortUpload(this.#run.connection, uploadId, signal)
  }

  async #sendPart(uploadId: string, { start, size, blocks, hashes }: Part): Promise<void> {
    const { connection, name, options, signal, earlier, stock } = this.#run
    if (earlier?.parts.get(start) === `${size} ${hashes.tree}`) {
      stock.give(blocks)
      return
    }
    const send = (body: () => Uint8Array | Readable): Promise<unknown> =>
      connection.request(name, signal, (glacier, requestOptions) =>
        glacier.uploadMultipartPart(
          {
            accountId: '-',
            vaultName: connection.vault,
            uploadId,
            range: `bytes ${start}-${start + size - 1}/*`,
            checksum: hashes.tree,
            body: connection.hashed(body(), hashes),
          },
          requestOptions,
        ),
      )
    // The SDK itself repeats a buffer, and no stream.
    const isOneBuffer = size <= contiguousBytesOf(options)
    const buffers = isOneBuffer ? [stock.join(blocks)] : blocks
    const attempts = partPerseverance * (isOneBuffer ? 1 : (options.attempts ?? defaultAttempts))
    await withAttempts({ ...options, attempts, codes: passingFailures }, signal, () =>
      send(() => (isOneBuffer ? buffers[0]! : streamOf(buffers, size))),
    )
    stock.give(buffers)
  }
}

/** A stream that tells the SDK its length. */
function streamOf(blocks: readonly Uint8Array[], size: number): Readable {
  return Object.assign(Readable.from(blocks), { byteLength: size })
}

function tooLong(name: string, partSize: number): BakthatError {
  return new BakthatError('NO_SPACE', `${name} is longer than ${partLimits.parts} parts of ${partSize} bytes hold`, {
    hint: 'say the size beforehand (estimatedSize), so that larger parts are chosen, or store less at once',
  })
}
