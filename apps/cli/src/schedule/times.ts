import { BakthatError } from '@bakthat/errors'

/** When something happens again and again, by the clock of the machine. */
export type Times =
  | { readonly every: 'hour' }
  | { readonly every: 'day'; readonly hour: number; readonly minute: number }
  | { readonly every: 'week'; readonly day: number; readonly hour: number; readonly minute: number }

/** The days by their numbers in cron and launchd. */
export const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** `03:00`. `INVALID_INPUT` for what is no time of day. */
export function readDaily(text: string): Times {
  return { every: 'day', ...readTime(text, '--daily') }
}

/** `sunday 03:00`, or `sun 3:00`. `INVALID_INPUT` for what is not a day and a time of day. */
export function readWeekly(text: string): Times {
  const [word = '', ...rest] = text.trim().toLowerCase().split(/\s+/)
  const day = word.length < 3 ? -1 : days.findIndex((name) => name.startsWith(word))
  if (day === -1) throw mistake('--weekly', "a day and a time, such as --weekly 'sunday 03:00'")
  return { every: 'week', day, ...readTime(rest.join(' '), '--weekly') }
}

/** `hourly`, `daily 03:00`, `weekly sunday 03:00`. */
export function timesText(times: Times): string {
  switch (times.every) {
    case 'hour':
      return 'hourly'
    case 'day':
      return `daily ${clockText(times)}`
    case 'week':
      return `weekly ${days[times.day]} ${clockText(times)}`
  }
}

/** `03:05`. */
export function clockText({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return [hour, minute].map((number) => String(number).padStart(2, '0')).join(':')
}

function readTime(text: string, option: string): { readonly hour: number; readonly minute: number } {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (match === null) throw mistake(option, 'a time of day from 00:00 to 23:59, such as 03:00')
  return { hour: Number(match[1]), minute: Number(match[2]) }
}

function mistake(option: string, wanted: string): BakthatError {
  return new BakthatError('INVALID_INPUT', `${option} has a value that it does not take`, { hint: `give it ${wanted}` })
}
