import type { Backup } from 'bakthat'
import { formatSize } from '../size.js'
import { formatMinute } from './dates.js'
import type { Style } from './style.js'
import { displayWidth, pad, showControls, truncateEnd, truncateMiddle } from './width.js'

interface Line {
  readonly date: string
  readonly destination: string
  readonly size: string
  readonly name: string
  readonly tags: string
}

const titles: Line = { date: 'Date (UTC)', destination: 'Dest', size: 'Size', name: 'Stored name', tags: 'Tags' }
/** Columns stand two spaces apart. */
const gap = 2
const narrowestName = 32
const narrowestTags = 8

/**
 * Backups as a table, one a line. On a terminal (where `columns` is known) lines fit: tags are cut at the end, then
 * names in the middle; where not even a usual name has room, each backup takes two lines. Elsewhere nothing is cut.
 */
export function formatBackups(backups: readonly Backup[], style: Style, columns: number | undefined): string {
  const lines = backups.map(lineOf)
  const widths = widthsOf(lines)
  if (columns === undefined) return table(lines, widths, style)
  const room = columns - widths.date - widths.destination - widths.size - 3 * gap
  if (room < Math.min(widths.name, narrowestName)) return lines.map((line) => twoLines(line, style)).join('')
  const tagsWanted = widths.tags === 0 ? 0 : gap + Math.min(widths.tags, narrowestTags)
  const name = Math.max(Math.min(widths.name, room - tagsWanted), Math.min(widths.name, narrowestName))
  const tags = Math.min(widths.tags, room - name - gap)
  const fitted = { ...widths, name, tags: tags < 4 ? 0 : tags }
  return table(
    lines.map((line) => fit(line, fitted)),
    fitted,
    style,
  )
}

function lineOf({ backupDate, backend, size, storedFilename, tags }: Backup): Line {
  return {
    date: formatMinute(backupDate),
    destination: showControls(backend),
    size: formatSize(size),
    name: showControls(storedFilename),
    tags: showControls(tags.join(' ')),
  }
}

type Widths = Readonly<Record<keyof Line, number>>

/** The widest cell of each column; no tags at all take no column. */
function widthsOf(lines: readonly Line[]): Widths {
  const widest = (key: keyof Line): number => {
    let width = titles[key].length
    for (const line of lines) {
      // No text is wider than twice its length, so most need not be measured.
      if (line[key].length * 2 > width) width = Math.max(width, displayWidth(line[key]))
    }
    return width
  }
  return {
    date: widest('date'),
    destination: widest('destination'),
    size: widest('size'),
    name: widest('name'),
    tags: lines.some(({ tags }) => tags !== '') ? widest('tags') : 0,
  }
}

function table(lines: readonly Line[], widths: Widths, style: Style): string {
  return style.bold(row(titles, widths)) + '\n' + lines.map((line) => `${row(line, widths)}\n`).join('')
}

function fit(line: Line, widths: Widths): Line {
  return { ...line, name: truncateMiddle(line.name, widths.name), tags: truncateEnd(line.tags, widths.tags) }
}

function row({ date, destination, size, name, tags }: Line, widths: Widths): string {
  const last = widths.tags === 0 || tags === '' ? name : `${pad(name, widths.name)}  ${tags}`
  // Date and size are plain ASCII, whose width is its length.
  return `${date.padEnd(widths.date)}  ${pad(destination, widths.destination)}  ${size.padStart(widths.size)}  ${last}`
}

function twoLines({ date, destination, size, name, tags }: Line, style: Style): string {
  const details = [date, destination, size, ...(tags === '' ? [] : [tags])].join('  ')
  return `${style.bold(name)}\n  ${details}\n`
}
