import { BakthatError } from '@bakthat/errors'
import { defineCommand, type Given } from '../../command.js'
import { flag, groups, required, rest, value } from '../../options.js'
import { printedOutcome, scheduledOutcome } from '../../outcomes/schedule.js'
import { checkSchedule, type Schedule } from '../../schedule/schedule.js'
import { scheduledCommand } from '../../schedule/scheduled-command.js'
import { schedulerNames } from '../../schedule/scheduler.js'
import { chooseScheduler, install, schedulersFor } from '../../schedule/schedulers.js'
import { readDaily, readWeekly, type Times } from '../../schedule/times.js'
import { planBackup } from './planned-backup.js'

const options = {
  hourly: flag({ group: groups.times, description: 'At the full hour' }),
  daily: value('HH:MM', { group: groups.times, description: 'Every day at this time of this machine' }),
  weekly: value("'DAY HH:MM'", { group: groups.times, description: 'Every week on this day, such as sunday' }),
  rotate: flag({
    group: groups.target,
    description: 'Rotate after every backup (default: where the profile has rules)',
  }),
  'no-rotate': flag({ group: groups.target, description: 'Never rotate' }),
  scheduler: value('NAME', {
    group: groups.target,
    choices: schedulerNames,
    description: 'systemd, cron or launchd (default: what the system has)',
  }),
  print: flag({ group: groups.output, description: 'Print what would be installed, and install nothing' }),
}

export const add = defineCommand({
  arguments: [
    required('name', 'Name of the schedule; one of that name is replaced'),
    rest('words', 'After --, the arguments and options of bakthat backup'),
  ],
  options,
  examples: [
    ['bakthat schedule add photos --daily 03:00 -- ~/photos', 'every night, with the rotation of the profile'],
    ["bakthat schedule add etc --weekly 'sunday 04:30' -- /etc -p nas", 'to another destination'],
    ["bakthat schedule add db --hourly -- --command 'pg_dump shop' --name shop.sql", 'a dump every hour'],
    ['bakthat schedule add photos --daily 03:00 --print -- ~/photos', 'look first'],
  ],
  async run(given, context, [name, all]) {
    const { env } = context
    const { times, words } = timesOf(given, all)
    const schedulers = schedulersFor(env)
    const scheduler = await chooseScheduler(schedulers, given.scheduler)
    // Cron mails whatever a command prints.
    const quiet = scheduler.name === 'cron'
    const { rotate, options, notes } = await planBackup(words, context, { rotate: rotateOf(given), quiet })
    const command = scheduledCommand(env, ['backup', ...options, ...words])
    const schedule: Schedule = { name, times, directory: process.cwd(), words, rotate, command }
    checkSchedule(schedule)
    const told = { schedule, scheduler: scheduler.name, rendered: scheduler.render(schedule) }
    if (given.print === true) return printedOutcome({ ...told, notes })
    const more = await install(schedule, scheduler, schedulers)
    return scheduledOutcome({ ...told, notes: [...notes, ...more] })
  },
})

/** When, and what is left of the words: a shell hands the time of `--weekly sunday 03:00` over as the first of them. */
function timesOf(
  { hourly, daily, weekly }: Given<typeof options>,
  words: readonly string[],
): { readonly times: Times; readonly words: readonly string[] } {
  if ([hourly, daily, weekly].filter((one) => one !== undefined).length !== 1)
    throw new BakthatError('INVALID_INPUT', 'a schedule has exactly one of --hourly, --daily and --weekly', {
      hint: 'for example: --daily 03:00',
    })
  if (weekly !== undefined && !/\s/.test(weekly.trim()) && /^\d?\d:\d\d$/.test(words[0] ?? ''))
    return { times: readWeekly(`${weekly} ${words[0]!}`), words: words.slice(1) }
  const times: Times =
    daily !== undefined ? readDaily(daily) : weekly !== undefined ? readWeekly(weekly) : { every: 'hour' }
  return { times, words }
}

function rotateOf({ rotate, 'no-rotate': never }: Given<typeof options>): boolean | undefined {
  if (rotate === true && never === true)
    throw new BakthatError('INVALID_INPUT', '--rotate and --no-rotate were both given', { hint: 'choose one' })
  return never === true ? false : rotate
}
