import { units, type Unit, type WeekDay } from './contract.js'

/** What the clock on the wall shows, kept in the UTC fields of a Date, and how far it is ahead of UTC. */
interface WallClock {
  readonly wall: Date
  readonly offsetMinutes: number
}

/** Tells periods of one time zone apart. */
export interface Calendar {
  /** The period that a moment falls in, as text that sorts and that people read: `2026-03-18`, `2026-03`. */
  period(unit: Unit, date: Date): string
  /** Whether moments fall in the period of `now`, in one of the `count - 1` calendar periods before it, or later. */
  window(unit: Unit, count: number, now: Date): (date: Date) => boolean
}

/** Throws `RangeError` for a zone that is not known. */
export function calendar(timeZone: string, firstWeekDay: WeekDay): Calendar {
  const wallClock = remembering(wallClockIn(timeZone))
  const start = (unit: Unit, date: Date): Date => startOf(unit, wallClock(date).wall, firstWeekDay)
  const periodOf = (unit: Unit, date: Date): string => {
    // Cut from its end: years beyond 9999 have more digits.
    const text = start(unit, date)
      .toISOString()
      .slice(0, -{ hours: 11, days: 14, weeks: 14, months: 17, years: 20 }[unit])
    // The hour that is repeated when summer time ends is two periods.
    return unit === 'hours' ? text + offsetText(wallClock(date).offsetMinutes) : text
  }
  const periods = new Map(units.map((unit) => [unit, remembering((date) => periodOf(unit, date))]))
  return {
    period: (unit, date) => periods.get(unit)!(date),
    window(unit, count, now) {
      const first = back(unit, start(unit, now), count - 1)
      return (date) => wallClock(date).wall >= first
    },
  }
}

/** Every rule and every rotation asks for the same dates, and the rules of a time zone take their time. */
function remembering<T>(find: (date: Date) => T): (date: Date) => T {
  const known = new Map<number, T>()
  return (date) => {
    const found = known.get(date.getTime()) ?? find(date)
    known.set(date.getTime(), found)
    return found
  }
}

function startOf(unit: Unit, wall: Date, firstWeekDay: WeekDay): Date {
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()]
  switch (unit) {
    case 'hours':
      return utc(year, month, day, wall.getUTCHours())
    case 'days':
      return utc(year, month, day)
    case 'weeks':
      return utc(year, month, day - ((wall.getUTCDay() + 6 - firstWeekDay + 7) % 7))
    case 'months':
      return utc(year, month)
    case 'years':
      return utc(year)
  }
}

function back(unit: Unit, start: Date, count: number): Date {
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()]
  switch (unit) {
    case 'hours':
      return utc(year, month, day, start.getUTCHours() - count)
    case 'days':
      return utc(year, month, day - count)
    case 'weeks':
      return utc(year, month, day - 7 * count)
    case 'months':
      return utc(year, month - count)
    case 'years':
      return utc(year - count)
  }
}

/** As `Date.UTC`, which would take the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month = 0, day = 1, hour = 0): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  date.setUTCHours(hour)
  return date
}

function wallClockIn(timeZone: string): (date: Date) => WallClock {
  if (timeZone === 'UTC') return (date) => ({ wall: date, offsetMinutes: 0 })
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (date) => {
    const parts = new Map(format.formatToParts(date).map(({ type, value }) => [type, value]))
    const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
    const wall = utc(part('year'), part('month') - 1, part('day'), part('hour'))
    wall.setUTCMinutes(part('minute'), part('second'), date.getUTCMilliseconds())
    return { wall, offsetMinutes: Math.round((wall.getTime() - date.getTime()) / 60_000) }
  }
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`
}
