import { formatCount } from '../print/quantities.js'

const mostLines = 20

/** The first of many lines, and how many more there are. */
export function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines
  return [...lines.slice(0, mostLines), `… and ${formatCount(lines.length - mostLines)} more; --json lists all`]
}
