import type { Style } from './style.js'
import { displayWidth, pad, truncateMiddle } from './width.js'

/** A column: its title, and whether its cells may be cut to make a line fit, and are numbers. */
export interface Column {
  readonly title: string
  readonly flexible?: boolean
  readonly right?: boolean
}

const gap = '  '
const narrowest = 12

/**
 * Rows of cells under their titles. On a terminal, where `columns` is known, lines fit by cutting flexible cells in the
 * middle, the widest column first; elsewhere nothing is cut. A column whose cells are all empty is left out.
 */
export function formatTable(
  titles: readonly Column[],
  rows: readonly (readonly string[])[],
  style: Style,
  columns: number | undefined,
): string {
  const used = titles.flatMap((column, index) => (rows.some((row) => row[index] !== '') ? [{ column, index }] : []))
  const widths = used.map(({ column, index }) =>
    Math.max(column.title.length, ...rows.map((row) => displayWidth(row[index]!))),
  )
  if (columns !== undefined)
    shrink(
      widths,
      used.map(({ column }) => column.flexible === true),
      columns,
    )
  const line = (cell: (index: number) => string): string =>
    used
      .map(({ column, index }, at) => fit(cell(index), widths[at]!, column.right === true))
      .join(gap)
      .trimEnd()
  const lines = rows.map((row) => line((index) => row[index]!))
  return [style.bold(line((index) => titles[index]!.title)), ...lines, ''].join('\n')
}

function shrink(widths: number[], flexible: readonly boolean[], columns: number): void {
  const total = (): number => widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1))
  for (;;) {
    const widest = widths.reduce(
      (best, width, at) => (flexible[at] === true && width > narrowest && width > (widths[best] ?? 0) ? at : best),
      -1,
    )
    if (total() <= columns || widest === -1) return
    widths[widest]!--
  }
}

function fit(text: string, width: number, right: boolean): string {
  const cut = truncateMiddle(text, width)
  return right ? ' '.repeat(Math.max(0, width - displayWidth(cut))) + cut : pad(cut, width)
}
