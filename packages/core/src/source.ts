import { constants } from 'node:fs'
import { access, lstat, open, readlink, realpath } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { inspect, type InspectSummary } from '@bakthat/archive'
import { BakthatError, givenList, hasSystemCode, isBakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'
import type { BackupOptions, ByteStream } from './contract.js'
import { fileBytes, translateFileError } from './files.js'
import { checkBackupName } from './stored-name.js'
import { measured, type Measure } from './streams.js'
import { readTextFile } from './text-file.js'

/** What is to be backed up. */
export interface Source {
  /** Absolute and without symbolic links: a link that is named on purpose stands for what it points at. */
  readonly path: string
  /** The backup's name. */
  readonly name: string
  /** What it is called where it lies: the archive's top-level entry. */
  readonly entryName: string
  readonly isDirectory: boolean
  /** Bytes; of a directory nobody knows. */
  readonly size?: number
}

/** Looks at what is to be backed up. `INVALID_INPUT` if it is not there. */
export async function findSource(path: string, options: Pick<BackupOptions, 'name'>): Promise<Source> {
  const name = backupName(path, options)
  try {
    const real = await realpath(path)
    const stats = await lstat(real)
    await access(real, stats.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK)
    const isDirectory = stats.isDirectory()
    const size = isDirectory ? {} : { size: stats.size }
    return { path: real, name: checkBackupName(name), entryName: nameOf(path), isDirectory, ...size }
  } catch (error) {
    throw (await leadingNowhere(error, path)) ?? translateFileError(error, path)
  }
}

/** What a user is told of a symbolic link that was named, whose end is missing; `undefined` of anything else. */
async function leadingNowhere(cause: unknown, path: string): Promise<BakthatError | undefined> {
  if (!hasSystemCode(cause, 'ENOENT', 'ENOTDIR')) return undefined
  const target = await readlink(path).catch(() => undefined)
  if (target === undefined) return undefined
  return new BakthatError('INVALID_INPUT', `${path} is a symbolic link that leads nowhere: to ${target}`, {
    hint: 'mount or make what it leads to, or name something else',
    cause,
  })
}

/** What a backup of this path or stream is called, whether or not anything is there. `INVALID_INPUT` if nothing was given, or no name for a stream. */
export function backupName(source: string | ByteStream, { name }: Pick<BackupOptions, 'name'>): string {
  if (typeof source === 'string' && source !== '' && !source.includes('\0')) return name ?? nameOf(source)
  if (typeof source === 'object' && Symbol.asyncIterator in source) {
    if (name !== undefined) return name
    throw new BakthatError('INVALID_INPUT', 'a stream has no name', { hint: 'give one, such as --name db.sql' })
  }
  throw new BakthatError('INVALID_INPUT', 'no path to back up was given', { hint: 'name a file or a directory' })
}

function nameOf(path: string): string {
  const name = basename(resolve(path))
  return name === '' ? 'root' : name
}

/** A file that is an archive already. */
export interface ReadyMade extends InspectSummary {
  /** The file as it was inspected. `INTEGRITY` at the end if it is another one by now, or was changed meanwhile. */
  readonly bytes: Bytes
}

/**
 * Whether a file is an archive already, to be stored as it is: named so, and readable as one to its very end. One that
 * is cut short, or has entries below its own links, is packed as any other file, for it would not restore by itself.
 */
export async function readyMadeArchive(source: Source, signal?: AbortSignal): Promise<ReadyMade | undefined> {
  if (source.isDirectory || !/\.(tgz|tar\.gz)$/.test(source.path)) return undefined
  const inspected = measured(fileBytes(source.path))
  try {
    const summary = await inspect(inspected.bytes, signal === undefined ? {} : { signal })
    return { ...summary, bytes: bytesAsBefore(source.path, inspected.measure) }
  } catch (error) {
    if (isBakthatError(error, 'INTEGRITY', 'INVALID_INPUT', 'UNSAFE_ARCHIVE', 'UNSUPPORTED')) return undefined
    throw error
  }
}

async function* bytesAsBefore(path: string, before: Measure): Bytes {
  const { bytes, measure } = measured(fileBytes(path))
  yield* bytes
  if (measure.size === before.size && measure.sha256() === before.sha256()) return
  throw new BakthatError('INTEGRITY', `${path} changed while it was backed up`, {
    hint: 'back it up again when nothing writes it any more',
  })
}

/** The patterns of what to leave out, and the file that some of them came from. */
export interface Excludes {
  readonly patterns: readonly string[]
  readonly file: string | undefined
}

/** The patterns asked for, after those of the exclude file asked for, or else of the first one found at the root of the tree. */
export async function findExcludes(
  source: Source,
  options: Pick<BackupOptions, 'exclude' | 'excludeFile' | 'signal'>,
): Promise<Excludes> {
  const asked = givenList('exclude', options.exclude)
  if (options.excludeFile !== undefined)
    return {
      patterns: [...(await readPatterns(options.excludeFile, options.signal)), ...asked],
      file: options.excludeFile,
    }
  if (!source.isDirectory) return { patterns: asked, file: undefined }
  for (const name of ['.bakthatexclude', '.gitignore']) {
    const file = join(source.path, name)
    const patterns = await readPatternsThere(file)
    if (patterns !== undefined) return { patterns: [...patterns, ...asked], file }
  }
  return { patterns: asked, file: undefined }
}

/** No list of patterns is longer. */
const largestPatterns = 1 << 20

/**
 * The patterns of a file that may be in the tree; `undefined` if there is none. What lies there is the tree's, not the
 * caller's: only a regular file is read, for a FIFO or a device of that name would never end.
 */
async function readPatternsThere(file: string): Promise<readonly string[] | undefined> {
  try {
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await handle.stat()
    if (!stats.isFile()) return undefined
    if (stats.size > largestPatterns)
      throw new BakthatError('INVALID_INPUT', `${file} is too large for a list of patterns`, {
        hint: 'name another one with --exclude-file',
      })
    return linesOf(await handle.readFile('utf8'))
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return undefined
    throw translateFileError(error, file)
  }
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/)
}

async function readPatterns(file: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  try {
    return linesOf(await readTextFile(file, signal))
  } catch (error) {
    throw translateFileError(error, file)
  }
}

/** Throws where the source is the destination itself, or lies in it: it would swallow what it stores. */
export function refuseDestinationAsSource(source: Source, directory: string): void {
  if (source.path !== directory && !source.path.startsWith(join(directory, '/'))) return
  throw new BakthatError('INVALID_INPUT', `${source.path} lies inside the destination ${directory}`, {
    hint: 'choose another destination with -d, or another local_dir',
  })
}
