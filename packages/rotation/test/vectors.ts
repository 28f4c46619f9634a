import type { Rotatable } from '@bakthat/rotation'

/** One backup a day at an hour, from one day to another, both included. */
export function daily(from: string, to: string, ...times: readonly string[]): Rotatable[] {
  const backups: Rotatable[] = []
  for (const day = new Date(from); day <= new Date(to); day.setUTCDate(day.getUTCDate() + 1))
    for (const time of times) backups.push(at(`${day.toISOString().slice(0, 10)}T${time}Z`, backups.length))
  return backups
}

export function at(date: string, id = 0): Rotatable {
  return { id, date: new Date(date) }
}

export function days(backups: readonly Rotatable[]): string[] {
  return backups.map(({ date }) => date.toISOString().slice(0, 10)).sort()
}
