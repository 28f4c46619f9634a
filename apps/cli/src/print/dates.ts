// Cut from the end: years before 0 and after 9999 have a sign and six digits.

/** A day of UTC: `2026-03-18`. */
export function formatDay(date: Date): string {
  return date.toISOString().slice(0, -'T00:00:00.000Z'.length)
}

/** A moment of UTC for tables that say so: `2026-03-18 12:00`. */
export function formatMinute(date: Date): string {
  return date.toISOString().slice(0, -':00.000Z'.length).replace('T', ' ')
}

/** The same to the second: `2026-03-18 12:00:05`. */
export function formatSecond(date: Date): string {
  return date.toISOString().slice(0, -'.000Z'.length).replace('T', ' ')
}

/** A moment in a sentence: `2026-03-18 12:00 UTC`. */
export function formatMoment(date: Date): string {
  return `${formatMinute(date)} UTC`
}

/** From one moment to a later one, in days of which the last counts whole: `1 day more`, `62 days more`. */
export function daysBetween(from: Date, to: Date): string {
  const days = Math.ceil((to.getTime() - from.getTime()) / 86_400_000)
  return days === 1 ? '1 day more' : `${days} days more`
}
