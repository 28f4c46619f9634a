import { BakthatError } from '@bakthat/errors'
import { cronLines, cronNotes, withCronLines } from './cron-lines.js'
import { run, runWell } from './programs.js'
import type { Scheduler } from './scheduler.js'

/** Lines of the user's crontab. */
export function cron(): Scheduler {
  return {
    name: 'cron',
    isUsable: async () => (await readCrontab()) !== undefined,
    render: (schedule) => [{ path: 'crontab', text: cronLines(schedule) }],
    install: async (schedule) => {
      await change(schedule.name, cronLines(schedule))
      return []
    },
    uninstall: (name) => change(name, ''),
    list: async () => {
      const notes = cronNotes((await readCrontab()) ?? '')
      return notes.map((found) => ({ ...found, scheduler: 'cron' }))
    },
  }
}

/** Puts lines in the place of a schedule's. What cannot be read is never written over. */
async function change(name: string, lines: string): Promise<void> {
  const crontab = await readCrontab()
  if (crontab === undefined)
    throw new BakthatError('COMMAND_FAILED', 'crontab -l does not list the table of this user', {
      hint: 'run it by itself to see why',
    })
  const changed = withCronLines(crontab, name, lines)
  if (changed !== crontab) await runWell('crontab', ['-'], changed)
}

/** The user's table, empty where there is none yet; `undefined` where there is no cron or it does not let the user in. */
async function readCrontab(): Promise<string | undefined> {
  const { status, stdout, stderr } = await run('crontab', ['-l'])
  if (status === 0) return stdout
  // Cron's and cronie's words, and those of busybox.
  return /\bno crontab for\b|can't open .*No such file/i.test(stderr) ? '' : undefined
}
