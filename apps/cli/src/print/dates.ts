/** A moment of UTC for tables that say so: `2026-03-18 12:00`. */
export function formatMinute(date: Date): string {
  const iso = date.toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`
}

/** A moment in a sentence: `2026-03-18 12:00 UTC`. */
export function formatMoment(date: Date): string {
  return `${formatMinute(date)} UTC`
}
