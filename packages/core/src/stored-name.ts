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
  const [, name, extension] = /^([^/]+)\.\d{14}(\.(?:zst|gz|raw))(?:\.age)?$/.exec(stored) ?? []
  const found = Object.entries(extensions.stream).find(([, known]) => known === extension)
  return name === undefined || found === undefined ? undefined : { name, compression: found[0] as CompressionFormat }
}

export function manifestName(stored: string): string {
  return `${manifestPrefix}${stored}.json`
}

export function indexName(stored: string, encrypted: boolean): string {
  return `${indexPrefix}${stored}.zst${encrypted ? '.age' : ''}`
}

/** Whether a blob is named as an archive is: what else lies in a destination is not ours to judge. */
export function isArchiveName(name: string): boolean {
  return /^[^/]+\.\d{14}\.(tgz|tar\.zst|tar|zst|gz|raw)(\.age)?$/.test(name)
}

/**
 * What comes before the folder of another destination that lies in this one, for its prefix begins like that of this one and goes
 * on without a slash; empty where a name tells of none.
 */
export function prefixOfOthers(name: string): string {
  return /^(.+?)\.bakthat\/(?:manifests|indexes)\//.exec(name)?.[1] ?? ''
}

const compressions = {
  '.tgz': 'gzip',
  '.gz': 'gzip',
  '.tar.zst': 'zstd',
  '.zst': 'zstd',
  '.tar': 'none',
  '.raw': 'none',
  '': 'none',
} as const satisfies Record<string, CompressionFormat>

export interface NameParts {
  readonly filename: string
  readonly date: Date
  readonly compression: CompressionFormat
}

/** What an archive's name tells; `undefined` for names of other things. Names of the Python tool are understood too. */
export function partsOfName(stored: string): NameParts | undefined {
  const form = /^([^/]+)\.(\d{14})((?:\.tar)?\.zst|\.tgz|\.tar|\.gz|\.raw)?(?:\.age|\.enc)?$/
  const [, filename, stamped = '', extension = ''] = form.exec(stored) ?? []
  const date = new Date(stamped.replace(/^(.{4})(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'))
  if (filename === undefined || Number.isNaN(date.getTime())) return undefined
  return { filename, date, compression: compressions[extension as keyof typeof compressions] }
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
