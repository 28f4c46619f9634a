import { Readable } from 'node:stream'

import { BakthatError } from '@bakthat/errors'
import { unlessAborted, withAttempts } from '@bakthat/storage'

import type { Part } from './parts.js'
import { partLimits } from './part-size.js'
import { stored } from './storing.js'
import { abortUpload } from './unfinished-uploads.js'
import type { Run } from './upload.js'

/** Parts on their way at the same time, as many as fit. */
const together = { parts: 4, bytes: 64 * 1024 ** 2 }

/** Seconds that giving an upload up may take. */
const patience = 10

/** An upload in parts, aborted whenever it does not come to its end. */
export class MultipartUpload {
  readonly #run: Run
  readonly #description: string
  readonly #sending = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined
  #bytes = 0

  constructor(run: Run, description: string) {
    this.#run = run
    this.#description = description
  }

  /** The id of the archive that the parts make. */
  async send(first: Part, others: AsyncGenerator<Part>): Promise<string> {
    const uploadId = await this.#beginOrStop(others)
    try {
      await this.#dispatch(uploadId, first)
      for await (const part of others) await this.#dispatch(uploadId, part)
      await Promise.all(this.#sending)
      this.#throwIfFailed()
      return await this.#complete(uploadId)
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

  async #beginOrStop(others: AsyncGenerator<Part>): Promise<string> {
    try {
      return await this.#begin()
    } catch (error) {
      await others.return(undefined)
      throw error
    }
  }

  /** An upload that begins while it is being given up is aborted as soon as its name is known. */
  async #begin(): Promise<string> {
    const { connection, name, signal, partSize, earlier } = this.#run
    if (earlier !== undefined) return earlier.uploadId
    const beginning = connection.request(name, undefined, async (glacier) => {
      const { uploadId } = await glacier.initiateMultipartUpload({
        accountId: '-',
        vaultName: connection.vault,
        archiveDescription: this.#description,
        partSize: String(partSize),
      })
      if (uploadId !== undefined) return uploadId
      throw new BakthatError('UNAVAILABLE', `the server gives no name to the upload of ${name}`)
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
    const { name, partSize } = this.#run
    if (part.start >= partLimits.parts * partSize) throw tooLong(name, partSize)
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

  async #sendPart(uploadId: string, { start, size, blocks, hashes }: Part): Promise<void> {
    const { connection, name, options, signal, earlier } = this.#run
    if (earlier?.parts.get(start) === `${size} ${hashes.tree}`) return
    const { contiguousBytes = 1024 ** 3 } = options
    const send = (body: Buffer | Readable): Promise<unknown> =>
      connection.request(name, signal, (glacier, requestOptions) =>
        glacier.uploadMultipartPart(
          {
            accountId: '-',
            vaultName: connection.vault,
            uploadId,
            range: `bytes ${start}-${start + size - 1}/*`,
            checksum: hashes.tree,
            body: connection.hashed(body, hashes),
          },
          requestOptions,
        ),
      )
    if (size <= contiguousBytes) await send(Buffer.concat(blocks.splice(0)))
    else await withAttempts(options, signal, () => send(streamOf(blocks, size)))
  }

  /** Repeating it gives the same archive, so that a lost answer does no harm. */
  #complete(uploadId: string): Promise<string> {
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

  async #abort(uploadId: string): Promise<void> {
    try {
      await abortUpload(this.#run.connection, uploadId, AbortSignal.timeout(patience * 1000))
    } catch {
      // The failure that led here is the one to tell; Glacier forgets the upload by itself after a day without a part.
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

/** A stream that tells the SDK its length. */
function streamOf(blocks: readonly Buffer[], size: number): Readable {
  return Object.assign(Readable.from(blocks), { byteLength: size })
}

function tooLong(name: string, partSize: number): BakthatError {
  return new BakthatError('NO_SPACE', `${name} is longer than ${partLimits.parts} parts of ${partSize} bytes hold`, {
    hint: 'say the size beforehand (estimatedSize), so that larger parts are chosen, or store less at once',
  })
}
