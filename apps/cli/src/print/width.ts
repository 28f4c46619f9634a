const printableAscii = /^[\x20-\x7e]*$/
const controls = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** The text with control characters and marks that reverse it written out, so that no name can drive a terminal. */
export function showControls(text: string): string {
  if (printableAscii.test(text)) return text
  return text.replace(controls, (character) => {
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  if (printableAscii.test(text)) return text.length
  let width = 0
  for (const { segment } of new Intl.Segmenter('en').segment(text)) width += characterWidth(segment)
  return width
}

/** The beginning of a text, with an ellipsis where it had to be cut to fit. */
export function truncateEnd(text: string, columns: number): string {
  return displayWidth(text) <= columns ? text : `${take(text, columns - 1)}…`
}

/** Beginning and end of a text, with an ellipsis in the middle where it had to be cut to fit. */
export function truncateMiddle(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  const end = Math.floor((columns - 1) / 2)
  const characters = [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment)
  const tail = take(characters.toReversed(), end)
  return `${take(characters, columns - 1 - end).join('')}…${tail.toReversed().join('')}`
}

/** A text filled up with spaces to a number of columns. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - displayWidth(text)))
  return side === 'left' ? text + space : space + text
}

function take(text: string, columns: number): string
function take(characters: readonly string[], columns: number): readonly string[]
function take(text: string | readonly string[], columns: number): string | readonly string[] {
  const characters =
    typeof text === 'string' ? [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment) : text
  const taken: string[] = []
  let width = 0
  for (const character of characters) {
    width += characterWidth(character)
    if (width > columns) break
    taken.push(character)
  }
  return typeof text === 'string' ? taken.join('') : taken
}

/** The columns of one character as a reader sees it (a grapheme cluster), after Unicode's East Asian Width. */
function characterWidth(character: string): number {
  if (/^[\p{M}\p{Cf}\p{Cc}]+$/u.test(character)) return 0
  return /^\p{Emoji_Presentation}|\ufe0f/u.test(character) || isWide(character.codePointAt(0)!) ? 2 : 1
}

const wideRanges: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]

function isWide(codePoint: number): boolean {
  return codePoint >= 0x1100 && wideRanges.some(([first, last]) => codePoint >= first && codePoint <= last)
}
