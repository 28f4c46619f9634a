import { noteOf, type Schedule } from './schedule.js'
import { clockText, days, type Times } from './times.js'

/** The service that makes a backup, once and to its end. Rules: systemd.service(5), "Command lines". */
export function serviceUnit(schedule: Schedule): string {
  return `# ${noteOf(schedule)}
[Unit]
Description=bakthat schedule ${schedule.name}

[Service]
Type=oneshot
WorkingDirectory=${directoryValue(schedule.directory)}
ExecStart=${schedule.command.map(quoted).join(' ')}
`
}

/** The timer that starts it, also for a time that the machine slept through. Rules: systemd.time(7), "Calendar events". */
export function timerUnit(schedule: Schedule): string {
  return `# ${noteOf(schedule)}
[Unit]
Description=bakthat schedule ${schedule.name}

[Timer]
OnCalendar=${calendar(schedule.times)}
Persistent=true

[Install]
WantedBy=timers.target
`
}

function calendar(times: Times): string {
  if (times.every === 'hour') return '*-*-* *:00:00'
  const time = `*-*-* ${clockText(times)}:00`
  return times.every === 'day' ? time : `${days[times.day]!.slice(0, 3)} ${time}`
}

/** A word of a command line: `%` begins a specifier there, `$` a variable, and quotes keep the rest together. */
function quoted(word: string): string {
  return `"${word.replace(/[\\"]/g, '\\$&').replace(/[%$]/g, '$&$&')}"`
}

/** A path, which takes no quotes: a slash at its end keeps a space or a backslash from being taken for layout. */
function directoryValue(path: string): string {
  return `${path.replaceAll('%', '%%').replace(/\/*$/, '')}/`
}
