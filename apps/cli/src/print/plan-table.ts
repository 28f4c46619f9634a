import { describeReason } from '@bakthat/rotation'
import type { Backup, ThinResult } from 'bakthat'
import { formatSize } from '../size.js'
import { wrap } from './page.js'
import type { Style } from './style.js'
import { pad, showControls } from './width.js'

interface Line {
  readonly backup: Backup
  readonly fate: 'keep' | 'remove' | 'removed' | 'later' | 'FAILED'
  readonly why: string
}

const gap = 2
/** Where reasons have less room than this they stand under what they are for. */
const narrowestWhy = 24

/** Every backup of a plan, newest first, with what becomes of it and why. On a terminal (`columns`) no line is longer. */
export function formatPlan(plan: ThinResult, style: Style, columns: number | undefined): string {
  const lines = linesOf(plan)
  if (lines.length === 0) return ''
  const cells = lines.map(({ fate, backup }) => [fate, dateOf(backup), formatSize(backup.size)] as const)
  const titles = ['Plan', 'Date (UTC)', 'Size'] as const
  const widths = titles.map((title, index) => Math.max(title.length, ...cells.map((cell) => cell[index]!.length)))
  const left = widths.reduce((sum, width) => sum + width + gap, 0)
  const room = (columns ?? Infinity) - left
  const isStacked = room < narrowestWhy
  const row = (cell: readonly string[]): string => cell.map((text, index) => pad(text, widths[index]!)).join('  ')
  const told = lines.map(({ fate, why }, index) => {
    const head = colour(style, fate)(row(cells[index]!))
    const [first = '', ...more] = wrap(why, isStacked ? (columns ?? 80) - gap : room)
    if (isStacked) return `${head}\n${[first, ...more].map((text) => `${' '.repeat(gap)}${text}\n`).join('')}`
    return `${head}  ${first}\n${more.map((text) => `${' '.repeat(left)}${text}\n`).join('')}`
  })
  return `${style.bold(`${row(titles)}${isStacked ? '' : '  Why'}`)}\n${told.join('')}`
}

function linesOf({ keep, remove, removed, deferred, failed }: ThinResult): readonly Line[] {
  const gone = new Set(removed.map(({ id }) => id))
  const later = new Map(deferred.map(({ id, deferredUntil }) => [id, deferredUntil]))
  const problems = new Map(failed.map(({ backup, problem }) => [backup.id, problem.message]))
  const kept = keep.map(({ backup, reasons }): Line => {
    return { backup, fate: 'keep', why: reasons.map(describeReason).join(', ') }
  })
  const others = remove.map(({ backup, paidUntil }): Line => {
    const paid = paidUntil === undefined ? '' : `; paid for until ${dayOf(paidUntil)}`
    const until = later.get(backup.id)
    if (until !== undefined) return { backup, fate: 'later', why: `goes after ${dayOf(until)}` }
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

function dateOf({ backupDate }: Backup): string {
  return backupDate.toISOString().slice(0, 16).replace('T', ' ')
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
