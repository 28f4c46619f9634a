import type { Bytes } from '../types.js'
import { escapePath } from '../paths/escape-path.js'
import { ArchiveSource } from './archive-source.js'
import type { ExtractOptions, ExtractSummary } from './contract.js'
import { Extraction } from './extraction.js'
import { translateRestoreError } from './file-errors.js'
import { readArchive } from './read-archive.js'
import { Staging } from './staging.js'

/**
 * Unpacks an archive, which is read to the end of its stream: tar of any kind, compressed by zstd, gzip or not at all, told
 * from its first bytes. All or nothing: everything is made in a private directory beside the target, and only when the stream
 * has ended well do its top-level entries appear. A call that rejects leaves the target as it was.
 *
 * Throws `INVALID_INPUT` for what is no archive or a target that cannot be, `ALREADY_EXISTS`, `INTEGRITY` for damage,
 * `UNSAFE_ARCHIVE`, `UNSUPPORTED`, `NO_SPACE`, `PERMISSION_DENIED`, `INTERRUPTED`, and errors of `bytes` as they are.
 * Holds the paths of all directories and symbolic links in memory, and nothing of regular files.
 */
export async function extract(bytes: Bytes, options: ExtractOptions): Promise<ExtractSummary> {
  const source = new ArchiveSource(bytes, options.signal)
  try {
    source.throwIfAborted()
    const staging = new Staging(options.to, options.overwrite ?? false)
    const extraction = new Extraction(staging, options)
    try {
      await fill(source, extraction, options)
      staging.commit()
    } catch (error) {
      extraction.close()
      staging.discard()
      throw error
    }
    return finish(staging, extraction)
  } catch (error) {
    throw source.failedWith(error) ? error : translateRestoreError(error, options.to)
  }
}

function finish(staging: Staging, extraction: Extraction): ExtractSummary {
  try {
    extraction.finishTopLevel()
  } finally {
    extraction.close()
  }
  extraction.warnings.push(...staging.removeReplaced())
  const { entries, files, bytesWritten, topLevel, warnings } = extraction
  return { entries, files, bytesWritten, topLevel, warnings }
}

async function fill(source: ArchiveSource, extraction: Extraction, options: ExtractOptions): Promise<void> {
  const reader = await readArchive(source, extraction, {
    limits: options.limits,
    workers: options.workers,
    onPiece: () => {
      const { files, bytesWritten, current } = extraction
      options.onProgress?.({ files, bytesWritten, current: escapePath(current) })
    },
  })
  extraction.finish()
  if (reader.hasTrailingData)
    extraction.warnings.push({
      code: 'skipped',
      path: '',
      message: 'what follows the end of the archive was not read',
      incomplete: true,
    })
}
