import { BakthatError, shellWords } from '@bakthat/errors'
import { noteOf, readNote, type Schedule } from './schedule.js'
import type { Times } from './times.js'

/** What Vixie's cron, and Debian's, takes for one command; a longer one makes it refuse the whole table. */
const longestCommand = 998

/**
 * Two lines of a crontab: a comment with the note, and the line that cron obeys, which ends in the name.
 *
 * `INVALID_INPUT` for a command that is longer than what cron takes.
 */
export function cronLines(schedule: Schedule): string {
  const { name, times, directory, command } = schedule
  const line = escaped(`cd ${shellWords(directory)} && ${shellWords(...command)} ${tail(name)}`)
  if (Buffer.byteLength(line) > longestCommand)
    throw new BakthatError('INVALID_INPUT', `the command is longer than the ${longestCommand} bytes that cron takes`, {
      hint: 'put --command into a script, patterns into --exclude-file, or give it a shorter PATH: PATH=/usr/bin:/bin bakthat schedule add …',
    })
  return `# ${noteOf(schedule)}\n${fields(times)} ${line}\n`
}

/** A crontab in which these lines stand for those of the schedule: in their place, else at the end. Others are left byte by byte. */
export function withCronLines(crontab: string, name: string, lines: string): string {
  const own = linesOf(crontab).map((line) => isOwn(line, name))
  const others = linesOf(crontab).filter((_, index) => !own[index])
  const place = own.includes(true) ? own.indexOf(true) : others.length
  const before = others.slice(0, place).join('')
  const gap = lines === '' || before === '' || before.endsWith('\n') ? '' : '\n'
  return before + gap + lines + others.slice(place).join('')
}

/** The notes of a crontab. */
export function cronNotes(crontab: string): readonly NonNullable<ReturnType<typeof readNote>>[] {
  return linesOf(crontab).flatMap((line) => (line.startsWith('# ') ? (readNote(line) ?? []) : []))
}

function isOwn(line: string, name: string): boolean {
  return line.startsWith('#')
    ? line.startsWith('# ') && readNote(line)?.name === name
    : line.trimEnd().endsWith(` ${tail(name)}`)
}

/** A comment for the shell. */
function tail(name: string): string {
  return `# bakthat schedule ${name}`
}

/** Every line, with its end. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function fields(times: Times): string {
  if (times.every === 'hour') return '0 * * * *'
  return `${times.minute} ${times.hour} * * ${times.every === 'week' ? times.day : '*'}`
}

/**
 * The command as crontab(5) wants it: `%` would end the line, so it takes a backslash. Where one stands before it already, cron
 * would read the two as one another's; empty quotes keep them apart. Every `%` stands in single quotes.
 */
function escaped(command: string): string {
  return command.replaceAll('%', "''\\%")
}
