import { BakthatError } from '@bakthat/errors'
import type { CompressionFormat } from '@bakthat/archive'

const extensions: Record<CompressionFormat, string> = { zstd: '.tar.zst', gzip: '.tgz', none: '.tar' }

/** File systems take 255 bytes a name; the rest is for the date, the extensions and temporary files beside it. */
const longestName = 180

/** The folder, beside the archives, of what Bakthat itself keeps. */
const folder = '.bakthat'

/** `<name>.<YYYYMMDDHHMMSS><extension>[.age]`, the date in UTC. See docs/formats.md. */
export function storedName(name: string, date: Date, compression: CompressionFormat, encrypted: boolean): string {
  return `${name}.${stamp(date)}${extensions[compression]}${encrypted ? '.age' : ''}`
}

export function manifestName(stored: string): string {
  return `${manifestPrefix}${stored}.json`
}

export function indexName(stored: string, encrypted: boolean): string {
  return `${indexPrefix}${stored}.zst${encrypted ? '.age' : ''}`
}

/** Whether a blob is named as an archive is: what else lies in a destination is not ours to judge. */
export function isArchiveName(name: string): boolean {
  return /^[^/]+\.\d{14}\.(tgz|tar\.zst|tar)(\.age)?$/.test(name)
}

/** Whether a blob is one of ours by its name. */
export function isOurName(name: string): boolean {
  return isArchiveName(name) || name.startsWith(`${folder}/`)
}

export const manifestPrefix = `${folder}/manifests/`

export const indexPrefix = `${folder}/indexes/`

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
