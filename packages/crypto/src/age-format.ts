/** The first line of every binary age v1 file. */
export const versionLine = 'age-encryption.org/v1\n'

/** What the version line of any age file, of this and of later versions, begins with. */
export const versionPrefix = 'age-encryption.org/'

export const armorBegin = '-----BEGIN AGE ENCRYPTED FILE-----'
export const armorEnd = '-----END AGE ENCRYPTED FILE-----'

/** How much white space may stand before and after an armored file: what the reference implementation allows. */
export const armorWhitespaceLimit = 1024

/** Bytes that tell whether a file is age's, whatever may stand before its first line. */
export const recognisablePrefix = armorWhitespaceLimit + armorBegin.length

/**
 * Whether a file that begins so is an age file, binary or armored. 64 bytes tell it of every file but an armored one with
 * white space before its first line.
 */
export function isAge(prefix: Uint8Array): boolean {
  return isBinaryAge(prefix) || isArmoredAge(prefix)
}

export function isBinaryAge(prefix: Uint8Array): boolean {
  return asText(prefix).startsWith(versionPrefix)
}

export function isArmoredAge(prefix: Uint8Array): boolean {
  return asText(prefix)
    .replace(/^[ \t\r\n]+/, '')
    .startsWith(armorBegin)
}

/** One character per byte. */
export function asText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
