import { open } from 'node:fs/promises'
import { topLevelName } from '../pack/pack-root.js'
import { toFileSystemPath } from '../paths/byte-string.js'
import { escapePath } from '../paths/escape-path.js'
import type { Bytes } from '../types.js'
import { ByteSource } from './byte-source.js'
import type { ExtractOptions, ExtractProgress, ExtractSummary } from './contract.js'
import { syncDirectory, syncOpen } from './disk-sync.js'
import { translateRestoreError } from './file-errors.js'
import { writeBesidesZeros } from './open-file.js'
import { realPathsOf } from './spared-paths.js'
import { createStaging, discardStaging, Placement, removeStaging } from './staging.js'
import { WarningList } from '../warnings/warning-list.js'

export interface ExtractFileOptions extends Pick<
  ExtractOptions,
  'to' | 'overwrite' | 'sparse' | 'spare' | 'signal' | 'onNotice' | 'onProgress'
> {
  /** The file's name in the target directory. */
  readonly name: string
}

/**
 * Writes a stream, read to its end, as one file into a directory, all or nothing and durable as {@link extract} does: for its owner alone
 * (0600), since nobody knows what it was before. Fails as `extract` does.
 */
export async function extractFile(bytes: Bytes, options: ExtractFileOptions): Promise<ExtractSummary> {
  const name = topLevelName('', options.name)
  const source = new ByteSource(bytes, options.signal)
  try {
    return await extractSource(source, name, options)
  } finally {
    await source.close()
  }
}

async function extractSource(source: ByteSource, name: string, options: ExtractFileOptions): Promise<ExtractSummary> {
  const spared = realPathsOf(options.spare ?? [])
  const staging = createStaging(options)
  let ofStream: unknown
  const bytes = noting(source.rest(), (error) => (ofStream = error))
  try {
    const placement = new Placement(staging, { overwrite: options.overwrite ?? false, spared })
    placement.checkFree(name)
    const onState = (state: State): void => options.onProgress?.({ files: 0, current: escapePath(name), ...state })
    const bytesWritten = await write(bytes, `${staging.path}/new/${name}`, options.sparse ?? false, onState)
    syncDirectory(`${staging.path}/new`)
    source.throwIfAborted()
    placement.place()
    const warnings = new WarningList()
    removeStaging(staging, warnings)
    return { entries: 1, files: 1, bytesWritten, topLevel: [escapePath(name)], warnings: warnings.all() }
  } catch (error) {
    discardStaging(staging)
    throw error === ofStream ? error : translateRestoreError(error, escapePath(`${staging.target}/${name}`))
  }
}

/** The stream's own failure says nothing of the target, whatever its code is. */
async function* noting(bytes: Bytes, note: (error: unknown) => void): Bytes {
  try {
    yield* bytes
  } catch (error) {
    note(error)
    throw error
  }
}

type State = Pick<ExtractProgress, 'bytesWritten' | 'isFlushing'>

async function write(stream: Bytes, path: string, sparse: boolean, onState: (state: State) => void): Promise<number> {
  const file = await open(toFileSystemPath(path), 'wx', 0o600)
  let size = 0
  try {
    for await (const bytes of stream) {
      if (sparse) writeBesidesZeros(file.fd, bytes, 0, bytes.length, size)
      // Unlike `write`, it writes all of them.
      else await file.writeFile(bytes)
      size += bytes.length
      onState({ bytesWritten: size })
    }
    if (sparse) await file.truncate(size)
    onState({ bytesWritten: size, isFlushing: true })
    await syncOpen(file.fd)
    return size
  } finally {
    await file.close()
  }
}
