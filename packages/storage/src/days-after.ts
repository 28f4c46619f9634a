/** So many days of 24 hours later: stores count so for how long something is paid for or locked. */
export function daysAfter(date: Date, days: number): Date {
  return new Date(date.getTime() + days * 86_400_000)
}
