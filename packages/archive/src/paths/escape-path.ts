import { decodeUtf8, toByteString } from './byte-string.js'

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

/** Characters that move a terminal's cursor, change its state or reverse the text: C0, C1, DEL, separators, bidi controls. */
const unsafe = /[\x00-\x1f\x7f-\x9f\\\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * A path for people, from its bytes (a Buffer, or one latin1 character each): backslash, control characters and bytes that are
 * not UTF-8 are escaped as in `\n`, `\x1b`, `\xff`, so that no name can drive a terminal and no two names look the same.
 */
export function escapePath(path: string | Uint8Array): string {
  const bytes = typeof path === 'string' ? path : Buffer.from(path).toString('latin1')
  const text = decodeUtf8(bytes)
  if (text !== undefined) return text.replace(unsafe, escapeCharacter)
  return bytes.split(utf8Sequences).map(escapePiece).join('')
}

/** The byte string of a path as {@link escapePath} writes it. What is no escape stands for itself. */
export function unescapePath(text: string): string {
  const escapes = /\\(?:([nrt\\])|x([0-9a-f]{2})|u\{([0-9a-f]{1,6})\})/g
  let bytes = ''
  let at = 0
  for (const { 0: escape, 1: short, 2: byte, 3: character, index } of text.matchAll(escapes)) {
    bytes += toByteString(text.slice(at, index)) + unescaped(short, byte, character)
    at = index + escape.length
  }
  return bytes + toByteString(text.slice(at))
}

function unescaped(short: string | undefined, byte: string | undefined, character: string | undefined): string {
  if (short !== undefined) return longForms[short]!
  if (byte !== undefined) return String.fromCharCode(parseInt(byte, 16))
  return toByteString(String.fromCodePoint(Math.min(parseInt(character!, 16), 0x10ffff)))
}

const longForms: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' }

/** Well-formed sequences of two to four bytes; splitting by it puts them at the odd places. */
const utf8Sequences =
  /((?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)/

function escapePiece(piece: string, index: number): string {
  if (index % 2 === 1) return Buffer.from(piece, 'latin1').toString('utf8').replace(unsafe, escapeCharacter)
  return piece.replace(unsafe, escapeCharacter).replace(/[\xa0-\xff]/g, escapeByte)
}

function escapeCharacter(character: string): string {
  const short = shortEscapes[character]
  if (short !== undefined) return short
  const code = character.charCodeAt(0)
  return code < 0x100 ? escapeByte(character) : `\\u{${code.toString(16)}}`
}

function escapeByte(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
