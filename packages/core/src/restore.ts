import { resolve } from 'node:path'
import { extract, extractFile, type ExtractOptions } from '@bakthat/archive'
import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import { localDirectory, type Bytes } from '@bakthat/storage'
import { announced, begun } from './announce.js'
import { formOf, plainBytes, refuseFile, type Form } from './contents.js'
import { fetchPart, type ArchivePart } from './fetch-part.js'
import { fetchBackup } from './fetch.js'
import type { DestinationContext, EngineContext } from './context.js'
import type { RestoreOptions, RestoreResult } from './contract.js'
import { checkPath, fileBytes } from './files.js'
import { opened, unlocked } from './opened.js'
import { resolveBackup } from './resolve.js'
import { fetched } from './thaw.js'

/**
 * Restores the backup of that stored name, or the newest complete one of that exact name. All or nothing: until every
 * byte was read, checked and written beside the target, nothing appears in it. One that is cold is asked for first, and
 * until it is there that is `PENDING`: see {@link ThawOptions}. With `only`, no more is fetched than holds what was chosen,
 * where the backup has an index and the store gives ranges, and then SHA-256 of the whole is not compared.
 */
export async function restore(
  context: DestinationContext,
  name: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  const backup = await begun(context, { action: 'restore', name }, () => resolveBackup(context, name, options))
  return announcedRestore(context, backup, options, async (announcing) => {
    const { only } = announcing
    const part = only && (await fetchPart(context, backup, only, announcing))
    const fetch = (): Promise<Bytes> => fetchBackup(context, backup, announcing)
    const placing = { ...announcing, spare: localDirectory(context.backend), part }
    const result = await restoreBytes(context, fetch, backup, placing)
    fetched(context, backup)
    return result
  })
}

/** Restores an archive file, of ours or of other tools, without any catalog or destination. */
export async function restoreFile(
  context: Pick<EngineContext, 'now' | 'events'>,
  path: string,
  options: RestoreOptions = {},
): Promise<RestoreResult> {
  return announcedRestore(context, undefined, options, (announcing) => {
    checkPath(path)
    return restoreBytes(
      context,
      () => Promise.resolve(fileBytes(path)),
      undefined,
      { ...announcing, spare: path },
      path,
    )
  })
}

async function announcedRestore(
  context: Pick<EngineContext, 'events'>,
  backup: BackupRow | undefined,
  options: RestoreOptions,
  act: (options: RestoreOptions) => Promise<RestoreResult>,
): Promise<RestoreResult> {
  const about = { action: 'restore', name: backup?.filename } as const
  const target = await begun(context, about, () => targetOf(options))
  return announced(
    context,
    {
      ...about,
      before: (session) => ({ ...session, to: target, ...(backup && { backup }) }),
      after: (session, { to }) => ({ ...session, result: backup, to }),
    },
    options,
    act,
  )
}

function targetOf({ to }: RestoreOptions): string {
  if (to !== '') return resolve(to ?? '.')
  throw new BakthatError('INVALID_INPUT', 'the directory to restore into has no name', { hint: 'name one' })
}

/** `spare` is what holds the backups: it may lie in what is replaced. */
type PlacingOptions = RestoreOptions & {
  readonly spare: string | undefined
  /** What was fetched instead of all. */
  readonly part?: ArchivePart | undefined
}

async function restoreBytes(
  context: Pick<EngineContext, 'now'>,
  fetch: () => Promise<Bytes>,
  backup: BackupRow | undefined,
  options: PlacingOptions,
  path = backup?.storedFilename ?? '',
): Promise<RestoreResult> {
  const started = context.now()
  const to = targetOf(options)
  const form = formOf(path, backup)
  if (options.only !== undefined) refuseFile(form, path)
  const recorded = recordedSize(form, backup)
  // No backup holds more than was packed, so one that gives more is not it.
  const limits = { ...(recorded !== undefined && { maxBytes: recorded }), ...options.limits }
  const { keys = {} } = options
  const placing = {
    to,
    ...(options.overwrite !== undefined && { overwrite: options.overwrite }),
    ...(options.sparse !== undefined && { sparse: options.sparse }),
    ...(options.spare !== undefined && { spare: [options.spare] }),
    ...(options.signal && { signal: options.signal }),
    ...(options.onNotice && { onNotice: options.onNotice }),
    ...progressOf(options.only === undefined ? backup?.metadata['content_size'] : options.part?.contentSize, options),
  }
  const summary =
    form.kind === 'file'
      ? await extractFile(plainBytes(opened(await fetch(), path, keys, backup), form, limits), {
          ...placing,
          name: form.fileName,
        })
      : await extract(async () => options.part ?? unlocked(await fetch(), path, keys, backup), {
          ...placing,
          limits,
          ...(options.only && { only: options.only }),
          ...estimateOf(options.part?.tarSize ?? recorded),
          ...leniencies(options),
        })
  return { ...summary, backup, to, durationMs: context.now().getTime() - started.getTime() }
}

function estimateOf(size: number | undefined): { readonly estimatedSize?: number } {
  return size === undefined ? {} : { estimatedSize: size }
}

function leniencies(options: RestoreOptions): Pick<RestoreOptions, 'keepSpecialModes' | 'keepOwner' | 'special'> {
  return {
    ...(options.keepSpecialModes !== undefined && { keepSpecialModes: options.keepSpecialModes }),
    ...(options.keepOwner !== undefined && { keepOwner: options.keepOwner }),
    ...(options.special !== undefined && { special: options.special }),
  }
}

/** Bytes of the tar, or of the stream, that was packed. */
function recordedSize({ kind }: Form, backup: BackupRow | undefined): number | undefined {
  const { content_size: contents, tar_size: tar } = backup?.metadata ?? {}
  if (kind === 'file') return typeof contents === 'number' ? contents : undefined
  // A ready-made archive may have holes, which count as contents and take no room in the tar.
  return typeof tar === 'number' ? Math.max(tar, typeof contents === 'number' ? contents : 0) : undefined
}

function progressOf(total: unknown, { onProgress }: RestoreOptions): Pick<ExtractOptions, 'onProgress'> {
  if (onProgress === undefined) return {}
  return {
    onProgress: ({ files, bytesWritten, current, isFlushing }) => {
      onProgress({
        phase: isFlushing === true ? 'flushing' : 'restoring',
        current,
        files,
        bytes: bytesWritten,
        ...(typeof total === 'number' && { bytesTotal: total }),
      })
    },
  }
}
