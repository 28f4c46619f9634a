import type { BackupRow } from '@bakthat/catalog'
import type { ActionOptions, Progress } from './contract.js'

/** Tells of a backup how many of its stored bytes are done; `undefined` where nobody listens. */
export function progressOf(
  phase: Progress['phase'],
  { storedFilename, size }: BackupRow,
  { onProgress }: Pick<ActionOptions, 'onProgress'>,
): ((passed: number) => void) | undefined {
  return onProgress && ((bytes) => onProgress({ phase, current: storedFilename, files: 0, bytes, bytesTotal: size }))
}
