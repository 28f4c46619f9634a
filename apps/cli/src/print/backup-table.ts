import type { Backup } from 'bakthat'
import { formatSize } from '../size.js'
import { formatDay, formatMinute } from './dates.js'
import type { Style } from './style.js'
import { wrap } from './page.js'
import { displayWidth, pad, showControls, truncateEnd, truncateMiddle } from './width.js'

interface Line {
  readonly date: string
  readonly destination: string
  readonly size: string
  readonly state: string
  readonly name: string
  readonly tags: string
}

const titles: Line = {
  date: 'Date (UTC)',
  destination: 'Dest',
  size: 'Size',
  state: 'State',
  name: 'Stored name',
  tags: 'Tags',
}
/** Columns stand two spaces apart. */
const gap = 2
const narrowestName = 32
const narrowestTags = 8

/**
 * Backups as a table, one a line. On a terminal (where `columns` is known) lines fit: tags are cut at the end, then
 * names in the middle; where not even a usual name has room, each backup takes two lines or more. Elsewhere nothing is cut.
 */
export function formatBackups(
  backups: readonly Backup[],
  style: Style,
  columns: number | undefined,
  now: Date,
): string {
  const scattered = severalContainers(backups)
  const lines = backups.map((backup) => lineOf(backup, scattered, columns, now))
  const widths = widthsOf(lines)
  if (columns === undefined) return table(lines, widths, style)
  const state = widths.state === 0 ? 0 : gap + widths.state
  const room = columns - widths.date - widths.destination - widths.size - state - 3 * gap
  if (room < Math.min(widths.name, narrowestName)) return lines.map((line) => below(line, columns, style)).join('')
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

/** The schemes of which more than one container is listed: only there does it need telling which. */
function severalContainers(backups: readonly Backup[]): ReadonlySet<string> {
  const containers = new Map<string, string>()
  const several = new Set<string>()
  for (const { backend, container } of backups)
    if (containers.has(backend) && containers.get(backend) !== container) several.add(backend)
    else containers.set(backend, container)
  return several
}

/** A container takes at most a quarter of a terminal. */
function destinationText({ backend, container }: Backup, columns: number | undefined): string {
  const place = showControls(container === '' ? '(unknown)' : container)
  return `${showControls(backend)} ${columns === undefined ? place : truncateMiddle(place, Math.max(12, columns >> 2))}`
}

function lineOf(backup: Backup, scattered: ReadonlySet<string>, columns: number | undefined, now: Date): Line {
  const { backupDate, backend, size, storedFilename, tags } = backup
  return {
    date: formatMinute(backupDate),
    destination: scattered.has(backend) ? destinationText(backup, columns) : showControls(backend),
    size: formatSize(size),
    state: stateOf(backup, now),
    name: showControls(storedFilename),
    tags: showControls(tags.join(' ')),
  }
}

/** What keeps a backup from being read or removed at once, as far as the catalog knows; most have nothing to say. */
function stateOf({ metadata, deleteAfter }: Backup, now: Date): string {
  const { storage_class: storageClass, locked_until: lockedUntil } = metadata
  return [
    ...(typeof storageClass === 'string' ? [showControls(storageClass.toLowerCase().replaceAll('_', '-'))] : []),
    ...(deleteAfter === undefined ? [] : [`to delete after ${formatDay(deleteAfter)}`]),
    ...(typeof lockedUntil === 'number' && lockedUntil * 1000 > now.getTime() && deleteAfter === undefined
      ? [`locked until ${formatDay(new Date(lockedUntil * 1000))}`]
      : []),
  ].join(', ')
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
    state: lines.some(({ state }) => state !== '') ? widest('state') : 0,
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

function row({ date, destination, size, state, name, tags }: Line, widths: Widths): string {
  const last = widths.tags === 0 || tags === '' ? name : `${pad(name, widths.name)}  ${tags}`
  const standing = widths.state === 0 ? '' : `${pad(state, widths.state)}  `
  // Date and size are plain ASCII, whose width is its length.
  return `${date.padEnd(widths.date)}  ${pad(destination, widths.destination)}  ${size.padStart(widths.size)}  ${standing}${last}`
}

/** The name, and under it the rest, in as many lines as it takes. */
function below({ date, destination, size, state, name, tags }: Line, columns: number, style: Style): string {
  const details = [date, destination, size, state, tags].filter((text) => text !== '').join('  ')
  const lines = displayWidth(details) + 2 <= columns ? [details] : wrap(details, columns - 2)
  return `${style.bold(name)}\n${lines.map((line) => `  ${line.trim()}\n`).join('')}`
}
