import { BakthatError } from '@bakthat/errors'
import { requireExtendedAttributes } from '../attributes/extended-attributes.js'
import type { Bytes, Compression } from '../types.js'
import { workerCount } from '../workers/worker-count.js'
import type { Packing, PackOptions, PackSummary } from './contract.js'
import { FramePlanner } from './frame-planner.js'
import { FrameQueue, type SideEffects } from './frame-queue.js'
import { readOwnerNames } from './owner-names.js'
import { checkRoot, normalizeRoot, topLevelName } from './pack-root.js'
import type { FillSettings } from './plan.js'
import { Tally } from './tally.js'
import { TreeWalk } from './tree-walk.js'
import { walkChoice } from './walk-choice.js'

/**
 * Packs a file or directory into a tar archive of independently compressed frames: the same tree gives the same bytes, whatever the
 * number of workers. What cannot be read never stops it but becomes a warning of the summary.
 *
 * Errors come from iterating `bytes` (and the summary rejects with them): `INVALID_INPUT` for a path that does not exist or cannot be
 * packed and for bad options, `PERMISSION_DENIED` for a path that may not be read, `UNAVAILABLE` for one that cannot be, `UNSUPPORTED` where zstd, or
 * what reads extended attributes, is not at hand, `INTERRUPTED` after the signal.
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs'
 * import { pipeline } from 'node:stream/promises'
 * import { pack } from '@bakthat/archive'
 *
 * const packing = pack({ path: process.cwd(), exclude: ['*.log'] })
 * await pipeline(packing.bytes, createWriteStream('/tmp/here.tar.zst'))
 * const { entries, warnings } = await packing.summary
 * ```
 */
export function pack(options: PackOptions): Packing {
  let resolve: (summary: PackSummary) => void
  let reject: (error: unknown) => void
  const summary = new Promise<PackSummary>((...settle) => {
    ;[resolve, reject] = settle
  })
  // The same error comes from `bytes`, so nobody is obliged to look at this promise too.
  summary.catch(() => undefined)
  return { bytes: packed(options, resolve!, reject!), summary }
}

async function* packed(
  options: PackOptions,
  resolve: (summary: PackSummary) => void,
  reject: (error: unknown) => void,
): Bytes {
  try {
    resolve(yield* packFrames(options))
  } catch (cause) {
    const error = options.signal?.aborted === true ? interrupted() : cause
    reject(error)
    throw error
  } finally {
    reject(interrupted())
  }
}

async function* packFrames(options: PackOptions): AsyncGenerator<Uint8Array, PackSummary> {
  const root = normalizeRoot(options.path)
  const name = topLevelName(root, options.name)
  const compression = options.compression ?? { format: 'zstd' }
  const tally = new Tally(name, compression, options.onProgress)
  throwIfAborted(options.signal)
  checkRoot(root)
  if (options.xattrs === true) requireExtendedAttributes()
  const { queue, close } = await openQueue(options, root, name, compression)
  const abort = (): void => void close()
  options.signal?.addEventListener('abort', abort, { once: true })
  try {
    for (let frame = await queue.next(); frame !== undefined; frame = await queue.next()) {
      tally.add(frame)
      yield frame.filled.bytes
      throwIfAborted(options.signal)
    }
    return tally.summary()
  } finally {
    options.signal?.removeEventListener('abort', abort)
    await close()
  }
}

interface OpenQueue {
  readonly queue: FrameQueue
  readonly close: () => Promise<void>
}

async function openQueue(
  options: PackOptions,
  root: string,
  name: string,
  compression: Compression,
): Promise<OpenQueue> {
  const sideEffects: SideEffects = { warnings: [], released: [] }
  const walk = new TreeWalk({
    root,
    ...(await walkChoice(options)),
    warn: (warning) => sideEffects.warnings.push(warning),
    release: (descriptor) => sideEffects.released.push(descriptor),
  })
  const planner = new FramePlanner(root, walk.entries(), (warning) => sideEffects.warnings.push(warning))
  const settings: FillSettings = {
    root,
    name,
    compression,
    xattrs: options.xattrs ?? false,
    userNames: readOwnerNames('/etc/passwd'),
    groupNames: readOwnerNames('/etc/group'),
  }
  const queue = new FrameQueue(planner, sideEffects, settings, workerCount(options.workers))
  return {
    queue,
    close: async () => {
      walk.close()
      await queue.close()
    },
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interrupted()
}

function interrupted(): BakthatError {
  return new BakthatError('INTERRUPTED', 'the packing was stopped')
}
