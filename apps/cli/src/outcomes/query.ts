import { answer, type Outcome } from '../outcome.js'
import type { Style } from '../print/style.js'
import { displayWidth, fits, showControls } from '../print/width.js'

type Value = string | number | bigint | Uint8Array | null
type Row = { readonly [column: string]: Value }

/** The rows of a query. JSON has no whole numbers of any size and no bytes: they are texts there. */
export function queryOutcome(rows: readonly Row[]): Outcome {
  return {
    document: () =>
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, jsonOf(value)]))),
    text: (style, columns = Infinity) => {
      const table = tableOf(rows)
      return answer(fits(table, columns) ? table : rows.map((row) => blockOf(row, style)).join('\n'))
    },
  }
}

function jsonOf(value: Value): string | number | null {
  return typeof value === 'bigint' || value instanceof Uint8Array ? textOf(value) : value
}

function textOf(value: Value): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return value === null ? '' : showControls(String(value))
}

/** Numbers to the right, the last column as long as it is. */
function tableOf(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {})
  const lines = [columns.map(showControls), ...rows.map((row) => columns.map((name) => textOf(row[name] ?? null)))]
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => displayWidth(cells[index]!))))
  const isNumber = columns.map((name) => rows.every((row) => ['number', 'bigint'].includes(typeof row[name])))
  const padded = (cell: string, index: number): string => {
    const space = ' '.repeat(widths[index]! - displayWidth(cell))
    return isNumber[index] === true ? space + cell : cell + space
  }
  return lines.map((cells) => (columns.length === 0 ? '' : `${cells.map(padded).join('  ').trimEnd()}\n`)).join('')
}

/** A row as lines of its own; what is empty is left out. */
function blockOf(row: Row, style: Style): string {
  const names = Object.keys(row).filter((name) => textOf(row[name] ?? null) !== '')
  return names.map((name) => `${style.bold(showControls(name))}: ${textOf(row[name] ?? null)}\n`).join('')
}
