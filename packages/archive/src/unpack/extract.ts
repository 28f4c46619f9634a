import { BakthatError } from '@bakthat/errors'
import { escapePath } from '../paths/escape-path.js'
import type { Bytes } from '../types.js'
import { workerCount } from '../workers/worker-count.js'
import { ByteSource } from './byte-source.js'
import { checkNames } from './choice.js'
import type { ExtractOptions, ExtractSummary } from './contract.js'
import { decoded, type Encoded } from './decoder.js'
import type { ExtractionSettings } from './extraction.js'
import { checkLimits } from './limits.js'
import { realPathsOf } from './spared-paths.js'
import { createStaging, discardStaging } from './staging.js'
import { isLarge, unpack, type UnpackOptions } from './unpack.js'
import { unpackInThread } from './unpack-thread.js'

/**
 * Restores an archive, read to the end of its stream: tar of any kind, compressed by zstd, gzip or not at all, told from its
 * first bytes. All or nothing: everything is made in a private directory on the target's file system, and only when the stream
 * has ended well do its top-level entries appear. A call that rejects leaves the target as it was. The target has to be a
 * directory in which nobody else renames things meanwhile. What it resolves to is durable: the disk has it before it appears, and
 * before anything that it replaces is removed. That takes as long as the disk needs to write it.
 *
 * Throws `INVALID_INPUT` for what is no archive and for a target that cannot be one, `ALREADY_EXISTS`, `INTEGRITY` for damage,
 * `UNSAFE_ARCHIVE`, `UNSUPPORTED`, `NO_SPACE`, `PERMISSION_DENIED`, `UNAVAILABLE`, `INTERRUPTED`, and errors of `bytes` as they are.
 *
 * Instead of bytes it takes a function that begins to fetch them, and is called once the target is known to do: meanwhile
 * threads get ready. What it gives may still want decoding, which is done by the thread that unpacks.
 *
 * Memory does not grow with the size of files or their number, but by some 200 bytes for each directory and symbolic link.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { extract, pack } from '@bakthat/archive'
 *
 * const packing = pack({ path: process.cwd() })
 * const { topLevel } = await extract(packing.bytes, { to: await mkdtemp('/tmp/restored-') })
 * ```
 */
export async function extract(
  bytes: Bytes | (() => Promise<Encoded>),
  options: ExtractOptions,
): Promise<ExtractSummary> {
  if (typeof bytes === 'function') return extractFetched(bytes, options)
  const source = new ByteSource(bytes, options.signal)
  try {
    return await extractFetched(() => Promise.resolve({ bytes: source.rest() }), options)
  } finally {
    await source.close()
  }
}

async function extractFetched(fetch: () => Promise<Encoded>, options: ExtractOptions): Promise<ExtractSummary> {
  const isKnownLarge = isLarge(options)
  const workers = isKnownLarge ? spareThreads(options.workers) : workerCount(options.workers, 0)
  const settings = settingsOf(options)
  const unpacking = { ...options, workers, ...teller(options) }
  try {
    return await (isKnownLarge ? unpackInThread : unpackHere)(fetch, settings, unpacking)
  } catch (error) {
    discardStaging(settings.staging)
    throw error
  }
}

async function unpackHere(
  fetch: () => Promise<Encoded>,
  settings: ExtractionSettings,
  options: UnpackOptions,
): Promise<ExtractSummary> {
  const { bytes, decoder } = await fetch()
  const source = new ByteSource(bytes, options.signal)
  try {
    return await unpack(decoded(source.rest(), decoder), settings, options)
  } finally {
    await source.close()
  }
}

/** Two processors have enough to do with this thread, the one that unpacks and the one that writes files. */
function spareThreads(asked: number | undefined): number {
  const threads = workerCount(asked, 0)
  return asked === undefined && threads <= 2 ? 0 : threads
}

function settingsOf(options: ExtractOptions): ExtractionSettings {
  const { limits = {} } = options
  checkLimits(limits)
  if (options.only !== undefined) checkChoice(options.only, options)
  const spared = realPathsOf(options.spare ?? [])
  return {
    staging: createStaging(options),
    overwrite: options.overwrite ?? false,
    spared,
    keepSpecialModes: options.keepSpecialModes ?? false,
    keepOwner: options.keepOwner ?? process.geteuid?.() === 0,
    special: options.special ?? false,
    sparse: options.sparse ?? false,
    limits,
    only: options.only,
  }
}

function checkChoice(only: readonly string[], { overwrite }: ExtractOptions): void {
  checkNames(only)
  if (overwrite !== true) return
  throw new BakthatError('INVALID_INPUT', 'what is chosen of an archive replaces nothing', {
    hint: 'restore it into another directory, and move it from there',
  })
}

function teller({ onProgress }: ExtractOptions): Pick<UnpackOptions, 'onState'> {
  if (onProgress === undefined) return {}
  return {
    onState: ({ files, bytesWritten, current, isFlushing }) => {
      onProgress({ files, bytesWritten, current: escapePath(current), ...(isFlushing && { isFlushing }) })
    },
  }
}
