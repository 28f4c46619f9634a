import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../host.js'
import { ownNotes, removeFiles, writeOwn } from './own-files.js'
import { run, runWell } from './programs.js'
import { configHomeOf, type Scheduler } from './scheduler.js'
import { serviceUnit, timerUnit } from './systemd-units.js'

/** Timers of the user's systemd. */
export function systemd(env: Environment): Scheduler {
  const directory = join(configHomeOf(env), 'systemd', 'user')
  const pathOf = (name: string, kind: 'service' | 'timer'): string => join(directory, unitOf(name, kind))
  const render: Scheduler['render'] = (schedule) => [
    { path: pathOf(schedule.name, 'service'), text: serviceUnit(schedule) },
    { path: pathOf(schedule.name, 'timer'), text: timerUnit(schedule) },
  ]
  return {
    name: 'systemd',
    isUsable: async () => (await run('systemctl', ['--user', 'show-environment'])).status === 0,
    render,
    install: async (schedule) => {
      const timer = unitOf(schedule.name, 'timer')
      const written = render(schedule)
      const isNew = !existsSync(pathOf(schedule.name, 'timer'))
      for (const { path, text } of written) await writeOwn(path, text)
      try {
        await runWell('systemctl', ['--user', 'daemon-reload'])
        await runWell('systemctl', ['--user', 'enable', timer])
        // Not `start`: one that runs already would keep its old times.
        await runWell('systemctl', ['--user', 'restart', timer])
      } catch (error) {
        // It would be listed, and never run.
        if (isNew) {
          const disabling = run('systemctl', ['--user', 'disable', '--now', timer])
          await disabling.finally(() => removeFiles(...written.map(({ path }) => path)))
        }
        throw error
      }
      return notes()
    },
    uninstall: async (name) => {
      await runWell('systemctl', ['--user', 'disable', '--now', unitOf(name, 'timer')])
      // The timer last: it tells of the schedule, and so the same command again finishes what was begun.
      await removeFiles(pathOf(name, 'service'), pathOf(name, 'timer'))
      await runWell('systemctl', ['--user', 'daemon-reload'])
    },
    list: async () => {
      const own = await ownNotes(directory, (name) => unitOf(name, 'timer'))
      return own.map((found) => ({ ...found, scheduler: 'systemd' }))
    },
  }
}

function unitOf(name: string, kind: 'service' | 'timer'): string {
  return `bakthat-${name}.${kind}`
}

/** Without lingering, a user's systemd ends with the last session: loginctl(1). */
function notes(): readonly string[] {
  if (existsSync(join('/var/lib/systemd/linger', userInfo().username))) return []
  return ['it runs while you are logged in; for a machine that nobody logs in to: loginctl enable-linger']
}
