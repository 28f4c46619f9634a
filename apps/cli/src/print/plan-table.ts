import { describeReason } from '@bakthat/rotation'
import type { Backup, ThinResult } from 'bakthat'
import { formatSize } from '../size.js'
import { formatDay, formatSecond } from './dates.js'
import { wrap } from './page.js'
import type { Style } from './style.js'
import { displayWidth, pad, showControls } from './width.js'

interface Line {
  readonly backup: Backup
  readonly fate: 'keep' | 'remove' | 'removed' | 'later' | 'FAILED'
  readonly why: string
}

const titles = ['Plan', 'Date (UTC)', 'Size', 'Stored name'] as const
const gap = 2
/** Stored names leave at least so much room to reasons, and reasons with less stand under what they are for. */
const narrowestWhy = 24

interface Layout {
  /** Of the first columns, as many as fit. */
  readonly widths: readonly number[]
  readonly whyWidth: number
  readonly isStacked: boolean
}

/**
 * Every backup of a plan, newest first, with what becomes of it and why. On a terminal (`columns`) no line is longer, and
 * stored names are shown where they have room, or where the date alone does not tell two backups apart.
 */
export function formatPlan(plan: ThinResult, style: Style, columns: number | undefined): string {
  const lines = linesOf(plan)
  if (lines.length === 0) return ''
  const cells = lines.map(cellsOf)
  const layout = layoutOf(cells, columns)
  const told = lines.map(({ fate, why }, index) => {
    const [, date, , name] = cells[index]!
    const isNamed = layout.widths.length === titles.length
    const isAlone = isNamed || [cells[index - 1], cells[index + 1]].every((other) => other?.[1] !== date)
    return block(colour(style, fate)(row(cells[index]!, layout)), isAlone ? why : `${name}: ${why}`, layout)
  })
  return `${style.bold(`${row(titles, layout)}${layout.isStacked ? '' : '  Why'}`)}\n${told.join('')}`
}

type Cells = readonly [fate: string, date: string, size: string, name: string]

function cellsOf({ fate, backup }: Line): Cells {
  return [fate, formatSecond(backup.backupDate), formatSize(backup.size), showControls(backup.storedFilename)]
}

function layoutOf(cells: readonly Cells[], columns: number | undefined): Layout {
  const widths = titles.map((title, index) =>
    cells.reduce((widest, cell) => Math.max(widest, displayWidth(cell[index]!)), title.length),
  )
  const roomAfter = (some: readonly number[]): number =>
    some.reduce((room, width) => room - width - gap, columns ?? Infinity)
  const shown = roomAfter(widths) < narrowestWhy ? widths.slice(0, -1) : widths
  const room = roomAfter(shown)
  const isStacked = room < narrowestWhy
  return { widths: shown, whyWidth: isStacked ? (columns ?? Infinity) - gap : room, isStacked }
}

function row(cells: Cells, { widths }: Layout): string {
  return widths
    .map((width, index) => (titles[index] === 'Size' ? cells[index]!.padStart(width) : pad(cells[index]!, width)))
    .join(' '.repeat(gap))
}

/** What stands of one backup: its cells, and why beside or under them. */
function block(head: string, why: string, { widths, whyWidth, isStacked }: Layout): string {
  const indent = isStacked ? gap : widths.reduce((sum, width) => sum + width + gap, 0)
  const [first = '', ...more] = wrap(why, whyWidth).map((text) => `${text}\n`)
  return [`${head}${isStacked ? `\n${' '.repeat(gap)}` : '  '}${first}`, ...more].join(' '.repeat(indent))
}

function linesOf({ keep, remove, removed, deferred, failed }: ThinResult): readonly Line[] {
  const gone = new Set(removed.map(({ id }) => id))
  const later = new Map(deferred.map(({ id, deferredUntil }) => [id, deferredUntil]))
  const problems = new Map(failed.map(({ backup, problem }) => [backup.id, problem.message]))
  const kept = keep.map(({ backup, reasons }): Line => {
    return { backup, fate: 'keep', why: reasons.map(describeReason).join(', ') }
  })
  const others = remove.map(({ backup, paidUntil }): Line => {
    const paid = paidUntil === undefined ? '' : `; paid for until ${formatDay(paidUntil)}`
    const until = later.get(backup.id)
    if (until !== undefined) return { backup, fate: 'later', why: `goes after ${formatDay(until)}` }
    const problem = problems.get(backup.id)
    if (problem !== undefined) return { backup, fate: 'FAILED', why: showControls(problem) }
    return { backup, fate: gone.has(backup.id) ? 'removed' : 'remove', why: `nothing keeps it${paid}` }
  })
  return [...kept, ...others].sort(
    (a, b) => b.backup.backupDate.getTime() - a.backup.backupDate.getTime() || b.backup.id - a.backup.id,
  )
}

function colour(style: Style, fate: Line['fate']): (text: string) => string {
  if (fate === 'keep') return style.green
  return fate === 'FAILED' ? style.red : style.yellow
}
