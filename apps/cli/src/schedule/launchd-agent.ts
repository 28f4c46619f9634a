import { noteOf, type Schedule } from './schedule.js'
import type { Times } from './times.js'

/** What launchd calls the agent of a schedule. */
export function agentLabel(name: string): string {
  return `bakthat.${name}`
}

/** An agent of launchd, which catches up on a time that the machine slept through. Rules: launchd.plist(5). `log`: where output goes. */
export function launchdAgent(schedule: Schedule, log: string): string {
  const { name, times, directory, command } = schedule
  const words = command.map((word) => `\n    <string>${escaped(word)}</string>`).join('')
  const interval = Object.entries(calendar(times))
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${noteOf(schedule)} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${agentLabel(name)}</string>
  <key>WorkingDirectory</key>
  <string>${escaped(directory)}</string>
  <key>ProgramArguments</key>
  <array>${words}
  </array>
  <key>StartCalendarInterval</key>
  <dict>${interval.map(([key, value]) => `\n    <key>${key}</key>\n    <integer>${value}</integer>`).join('')}
  </dict>
  <key>StandardOutPath</key>
  <string>${escaped(log)}</string>
  <key>StandardErrorPath</key>
  <string>${escaped(log)}</string>
</dict>
</plist>
`
}

function calendar(times: Times): Readonly<Record<string, number>> {
  if (times.every === 'hour') return { Minute: 0 }
  const { hour: Hour, minute: Minute } = times
  return times.every === 'week' ? { Weekday: times.day, Hour, Minute } : { Hour, Minute }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
