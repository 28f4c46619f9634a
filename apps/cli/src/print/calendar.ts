import type { SimulateResult } from 'bakthat'
import type { Style } from './style.js'

/** What stands for a day, by the coarsest rule that keeps one of its backups. */
const marks = [
  ['years', 'Y', 'year'],
  ['months', 'M', 'month'],
  ['weeks', 'W', 'week'],
  ['days', 'D', 'day'],
  ['hours', 'H', 'hour'],
] as const
const otherMark = '*'
const removedMark = '·'
const days = '1   5    10   15   20   25   30'

/** What there is to see: which backups were made, which are left, and whose days they are laid out in. */
export interface CalendarOptions extends Pick<SimulateResult, 'steps' | 'keep'> {
  readonly timeZone: string
}

/** A line for each month, 39 columns wide, with a mark for each day that had a backup; and what the marks mean. */
export function formatCalendar({ steps, keep, timeZone }: CalendarOptions, style: Style): string {
  const dayOf = dayIn(timeZone)
  const made = new Set(steps.map(({ date }) => dayOf(date)))
  const kept = new Map<string, string>()
  for (const { backup, reasons } of keep) {
    const rules = reasons.map(({ rule }) => rule)
    const mark = marks.find(([unit]) => rules.includes(unit))?.[1] ?? otherMark
    const day = dayOf(backup.date)
    kept.set(day, coarser(kept.get(day), mark))
  }
  const months = [...new Set([...made].map((day) => day.slice(0, 7)))].sort()
  const markOf = (day: string): string => {
    const mark = kept.get(day)
    if (mark !== undefined) return style.green(mark)
    return made.has(day) ? style.dim(removedMark) : ' '
  }
  const lines = months.map((month) => `${month}  ${daysOf(month).map(markOf).join('').trimEnd()}`)
  return [`${' '.repeat(9)}${days}`, ...lines, legend(new Set(kept.values()))].join('\n')
}

function daysOf(month: string): readonly string[] {
  return Array.from({ length: 31 }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`)
}

function coarser(one: string | undefined, other: string): string {
  const order = [...marks.map(([, mark]) => mark), otherMark] as readonly string[]
  return one === undefined || order.indexOf(other) < order.indexOf(one) ? other : one
}

function legend(used: ReadonlySet<string>): string {
  const known = marks.filter(([, mark]) => used.has(mark)).map(([, mark, meaning]) => `${mark} ${meaning}`)
  return [...known, ...(used.has(otherMark) ? [`${otherMark} kept`] : []), `${removedMark} removed`].join('  ')
}

/** The day that a clock in that zone shows: `2026-03-18`. */
function dayIn(timeZone: string): (date: Date) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (date) => format.format(date)
}
