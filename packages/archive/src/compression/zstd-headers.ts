/** What zstd frames begin with, read as a number of little-endian (RFC 8878, section 3.1.1). */
export const zstdMagic = 0xfd2fb528

/** Bytes of magic, descriptor, window, dictionary id, content size: 4 + 1 + 1 + 4 + 8. */
export const longestHeader = 18

/** Whether a frame begins so that is skipped: other tools put tables and comments there. */
export function isSkippableMagic(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5
}
