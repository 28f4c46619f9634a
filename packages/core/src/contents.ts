import { basename } from 'node:path/posix'
import { decompress, type CompressionFormat } from '@bakthat/archive'
import type { BackupRow } from '@bakthat/catalog'
import { BakthatError } from '@bakthat/errors'
import type { Bytes } from '@bakthat/storage'
import { streamOf } from './stored-name.js'
import { peek } from './streams.js'

/** What comes back out of a backup: the tree of an archive, or one file. */
export type Form =
  | { readonly kind: 'archive' }
  | {
      readonly kind: 'file'
      readonly fileName: string
      /** `undefined` for a value of a key, which tells by itself: JSON never begins as gzip does. */
      readonly compression: CompressionFormat | undefined
    }

/** What a stored blob of that name holds. */
export function formOf(stored: string, backup?: BackupRow): Form {
  if (backup !== undefined && isValue(backup))
    return { kind: 'file', fileName: basename(backup.filename), compression: undefined }
  const stream = streamOf(basename(stored))
  if (stream === undefined) return { kind: 'archive' }
  return { kind: 'file', fileName: backup?.filename ?? stream.name, compression: stream.compression }
}

/** `INVALID_INPUT` for what is one file, of which there is nothing to list or to choose. */
export function refuseFile({ kind }: Form, stored: string): void {
  if (kind === 'archive') return
  throw new BakthatError('INVALID_INPUT', `${stored} is one file, and holds no others`, { hint: 'restore it as it is' })
}

/** Whether a backup is the value of a key: one blob of the key's own name, which is replaced in its place. */
export function isValue({ metadata }: BackupRow): boolean {
  return metadata['KeyValue'] === true
}

/** Whether a backup is an archive, which has entries. */
export function isTree(row: BackupRow): boolean {
  return formOf(row.storedFilename, row).kind === 'archive'
}

/** What is no value: an archive or a stream. */
export function isBackup(row: BackupRow): boolean {
  return !isValue(row)
}

/** The plain bytes of a decrypted blob: of an archive its tar. */
export async function* plainBytes(
  bytes: Bytes,
  form: Form,
  options: { readonly maxBytes?: number; readonly maxRatio?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
  if (form.kind === 'file' && form.compression !== undefined) {
    yield* decompress(bytes, form.compression, options)
    return
  }
  const told = await peek(bytes, 4)
  yield* decompress(told.bytes, compressionOf(told.prefix), options)
}

function compressionOf(beginning: Uint8Array): CompressionFormat {
  const magic = Buffer.from(beginning).toString('hex')
  if (magic.startsWith('1f8b')) return 'gzip'
  return magic === '28b52ffd' ? 'zstd' : 'none'
}
