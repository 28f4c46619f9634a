import { displayWidth, pad } from './width.js'

/** Terms and what they mean. */
export type Rows = readonly (readonly [term: string, description: string])[]

/** A titled list of a page of help. */
export interface Section {
  readonly title: string
  readonly rows: Rows
  /** Descriptions stand under their terms. */
  readonly stacked?: boolean
  /** Descriptions do not line up with those of other sections. */
  readonly narrow?: boolean
}

const widest = 100
const narrowest = 30
/** From this width on there is room for descriptions beside their terms. */
const roomForTwo = 64
const indent = 2

/** A page of paragraphs and sections, none of its lines wider than so many columns, unless a single word is. */
export function layOutPage(parts: readonly (string | Section)[], columns: number): string {
  const width = Math.min(Math.max(columns, narrowest), widest)
  const aligned = parts.flatMap((part) => (typeof part === 'string' || part.stacked || part.narrow ? [] : [part]))
  const column = widestTerm(aligned.flatMap(({ rows }) => rows))
  return `${parts.map((part) => layOutPart(part, width, column)).join('\n\n')}\n`
}

function layOutPart(part: string | Section, width: number, column: number): string {
  if (typeof part === 'string') return wrap(part, width).join('\n')
  const { title, rows, stacked, narrow } = part
  const ownColumn = narrow === true ? widestTerm(rows) : column
  const below = stacked === true || (width < roomForTwo && narrow !== true)
  const lines = rows.flatMap((row) => (below ? under(row, width) : beside(row, width, ownColumn)))
  return [title, ...lines].join('\n')
}

function widestTerm(rows: Rows): number {
  return Math.max(0, ...rows.map(([term]) => displayWidth(term)))
}

function beside([term, description]: Rows[number], width: number, column: number): readonly string[] {
  const left = indent + column + 2
  const [first = '', ...rest] = wrap(description, width - left)
  return [`${' '.repeat(indent)}${pad(term, column)}  ${first}`, ...rest.map((line) => ' '.repeat(left) + line)]
}

function under([term, description]: Rows[number], width: number): readonly string[] {
  const left = ' '.repeat(3 * indent)
  return [' '.repeat(indent) + term.trimStart(), ...wrap(description, width - left.length).map((line) => left + line)]
}

/** Lines broken at spaces. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(word) <= width)
      lines.push(`${lines.pop()!} ${word}`)
    else lines.push(word)
  }
  return lines
}
