const printableAscii = /^[\x20-\x7e]*$/
/** Latin, Greek and Cyrillic letters without combining marks: one column each. */
const narrowLetters = /^[\x20-\x7e\xa1-\xac\xae-\u02af\u0370-\u0482\u048a-\u052f]*$/
const controls = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

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
  if (narrowLetters.test(text)) return text.length
  let width = 0
  for (const character of charactersOf(text)) width += characterWidth(character)
  return width
}

/** Whether no line of a text is wider than that. */
export function fits(text: string, columns: number): boolean {
  return text.split('\n').every((line) => displayWidth(line) <= columns)
}

/** The beginning of a text, with an ellipsis where it had to be cut to fit. */
export function truncateEnd(text: string, columns: number): string {
  return displayWidth(text) <= columns ? text : `${take(charactersOf(text), columns - 1).join('')}…`
}

/** Beginning and end of a text, with an ellipsis in the middle where it had to be cut to fit. */
export function truncateMiddle(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  const end = Math.floor((columns - 1) / 2)
  const characters = charactersOf(text)
  const tail = take(characters.toReversed(), end)
  return `${take(characters, columns - 1 - end).join('')}…${tail.toReversed().join('')}`
}

/** A text filled up with spaces to a number of columns. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

/** As many of the first characters as fit. */
function take(characters: readonly string[], columns: number): readonly string[] {
  let width = 0
  const end = characters.findIndex((character) => (width += characterWidth(character)) > columns)
  return end === -1 ? characters : characters.slice(0, end)
}

/** Characters as a reader sees them: grapheme clusters. Plain text is not worth the 20 ms that loading their rules takes. */
function charactersOf(text: string): readonly string[] {
  if (printableAscii.test(text)) return text.split('')
  return Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment)
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
