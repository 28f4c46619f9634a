import type { Readable } from 'node:stream'
import { compress, type Compression } from '@bakthat/archive'
import { BakthatError } from '@bakthat/errors'
import { interruptible, type Bytes } from '@bakthat/storage'
import type { BackupOptions, ByteStream } from './contract.js'
import { checkBackupName } from './stored-name.js'
import { peek } from './streams.js'

/** A stream that is to be backed up, with something in it. */
export interface StreamSource {
  readonly name: string
  readonly bytes: Bytes
  /** Lets the stream go, which may be stuck: nobody waits for it. */
  release(): void
}

/** Waits for the first byte of a stream. `INVALID_INPUT` where it ends without one, unless that is allowed; its own error where it fails. */
export async function findStream(
  stream: ByteStream,
  name: string,
  { allowEmpty, signal }: Pick<BackupOptions, 'allowEmpty' | 'signal'>,
): Promise<StreamSource> {
  checkBackupName(name)
  const iterator = stream[Symbol.asyncIterator]()
  const release = (): void => {
    iterator.return?.().catch(() => undefined)
    // One of Node would be let go only with its next chunk, and keeps the process until then.
    const ofNode = stream as Partial<Readable>
    ofNode.destroy?.()
  }
  const { prefix, bytes } = await peek(interruptible(bytesOf(iterator), signal), 1).catch((error: unknown) => {
    release()
    throw error
  })
  if (prefix.length > 0 || allowEmpty === true) return { name, bytes, release }
  throw new BakthatError('INVALID_INPUT', 'the stream to back up is empty', {
    hint: 'look at what should have written into it; if it may be empty, say --allow-empty',
  })
}

/** The stream compressed, and what it turned out to hold. */
export function streamContents(
  source: StreamSource,
  compression: Compression,
  { onProgress, signal }: Pick<BackupOptions, 'onProgress' | 'signal'>,
): {
  readonly bytes: Bytes
  readonly contents: () => Promise<{ bytesRead: number; entries: 1; files: 1; warnings: [] }>
} {
  let bytesRead = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.bytes) {
      bytesRead += chunk.length
      onProgress?.({ phase: 'packing', current: source.name, files: 0, bytes: bytesRead })
      yield chunk
    }
  }
  return {
    bytes: compress(counted(), { compression, ...(signal && { signal }) }),
    contents: () => Promise.resolve({ bytesRead, entries: 1, files: 1, warnings: [] }),
  }
}

/** A stream of Node that was told an encoding gives texts. */
async function* bytesOf(iterator: AsyncIterator<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const chunk of { [Symbol.asyncIterator]: () => iterator }) {
    if (typeof chunk === 'string') yield Buffer.from(chunk)
    else if (chunk instanceof Uint8Array) yield chunk
    else throw new BakthatError('INVALID_INPUT', 'the stream to back up gives something that is neither bytes nor text')
  }
}
