import { BakthatError } from '@bakthat/errors'
import type { CompressionFormat } from '@bakthat/archive'

/** What a stored blob is made of: a tar archive, or the bytes of one stream. */
export type Kind = 'archive' | 'stream'

const extensions: Record<Kind, Record<CompressionFormat, string>> = {
  archive: { zstd: '.tar.zst', gzip: '.tgz', none: '.tar' },
  stream: { zstd: '.zst', gzip: '.gz', none: '.raw' },
}

/** File systems take 255 bytes a name; the rest is for the date, the extensions and temporary files beside it. */
const longestName = 180

/** The folder, beside the archives, of what Bakthat itself keeps. */
const folder = '.bakthat'

/** How a backup is stored, as far as its name tells. */
export interface StoredForm {
  readonly kind: Kind
  readonly compression: CompressionFormat
  readonly encrypted: boolean
}

/** `<name>.<YYYYMMDDHHMMSS><extension>[.age]`, the date in UTC. See docs/formats.md. */
export function storedName(name: string, date: Date, { kind, compression, encrypted }: StoredForm): string {
  return `${name}.${stamp(date)}${extensions[kind][compression]}${encrypted ? '.age' : ''}`
}

/** The name and compression of a stream, out of its stored name; `undefined` for what is no stream's. */
export function streamOf(
  stored: string,
): { readonly name: string; readonly compression: CompressionFormat } | undefined {
  const { filename, extension = '', isOlder } = formOf(stored) ?? {}
  if (filename === undefined || isOlder || !Object.values(extensions.stream).includes(extension)) return undefined
  return { name: filename, compression: compressions.get(extension)! }
}

export function manifestName(stored: string): string {
  return `${manifestPrefix}${stored}.json`
}

export function indexName(stored: string, encrypted: boolean): string {
  return `${indexPrefix}${stored}.zst${encrypted ? '.age' : ''}`
}

/** Whether a blob is named as an archive is: what else lies in a destination is not ours to judge. */
export function isArchiveName(name: string): boolean {
  return formOf(name)?.isOlder === false
}

/**
 * What comes before the folder of another destination that lies in this one, for its prefix begins like that of this one and goes
 * on without a slash; empty where a name tells of none.
 */
export function prefixOfOthers(name: string): string {
  return /^(.+?)\.bakthat\/(?:manifests|indexes)\//.exec(name)?.[1] ?? ''
}

export interface NameParts {
  readonly filename: string
  readonly date: Date
  readonly compression: CompressionFormat
}

/** What an archive's name tells; `undefined` for names of other things. Names of the Python tool are understood too. */
export function partsOfName(stored: string): NameParts | undefined {
  const form = formOf(stored)
  if (form === undefined) return undefined
  return { filename: form.filename, date: form.date, compression: compressions.get(form.extension) ?? 'none' }
}

interface Form {
  readonly filename: string
  readonly date: Date
  /** Empty where the Python tool stored a file as it was. */
  readonly extension: string
  /** Whether only the Python tool gave such names. */
  readonly isOlder: boolean
}

const compressions: ReadonlyMap<string, CompressionFormat> = new Map(
  Object.values(extensions).flatMap((kind) =>
    Object.entries(kind).map(([format, extension]) => [extension, format as CompressionFormat]),
  ),
)

const form = new RegExp(
  `^([^/]+)\\.(\\d{14})(${[...compressions.keys()].map((extension) => extension.replaceAll('.', '\\.')).join('|')})?(\\.age|\\.enc)?$`,
)

function formOf(stored: string): Form | undefined {
  const [, filename, stamped = '', extension = '', encryption] = form.exec(stored) ?? []
  const date = new Date(stamped.replace(/^(.{4})(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'))
  if (filename === undefined || Number.isNaN(date.getTime())) return undefined
  return { filename, date, extension, isOlder: extension === '' || encryption === '.enc' }
}

/** Whether the Python tool named its archives so, which we do too. */
export function isNamedAsByPython(name: string): boolean {
  return /\.tgz(?:\.enc)?$/.test(name)
}

/** Whether a blob is one of ours by its name. */
export function isOurName(name: string): boolean {
  return isArchiveName(name) || name.startsWith(`${folder}/`)
}

export const manifestPrefix = `${folder}/manifests/`

export const indexPrefix = `${folder}/indexes/`

/** Whether a name, also one that an older tool gave, can stand for a file. */
export function isNameOfBackup(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)
}

/** Rejects a name that cannot be part of a file name, a key and a line of a terminal. */
export function checkBackupName(name: string): string {
  const problem =
    name === '' || name === '.' || name === '..'
      ? 'is no name'
      : name.includes('/')
        ? 'has a slash in it'
        : /[\p{Cc}\ufffd]/u.test(name)
          ? 'has characters in it that cannot be printed'
          : Buffer.byteLength(name) > longestName
            ? `is longer than ${longestName} bytes`
            : undefined
  if (problem === undefined) return name
  throw new BakthatError('INVALID_INPUT', `the backup name ${JSON.stringify(name)} ${problem}`, {
    hint: 'choose another one with --name',
  })
}

function stamp(date: Date): string {
  return date.toISOString().slice(0, 19).replace(/\D/g, '')
}
