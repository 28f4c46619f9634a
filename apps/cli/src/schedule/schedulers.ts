import { BakthatError } from '@bakthat/errors'
import type { Environment } from '../host.js'
import { cron } from './cron.js'
import { launchd } from './launchd.js'
import type { Schedule } from './schedule.js'
import type { Installed, Scheduler, SchedulerName } from './scheduler.js'
import { systemd } from './systemd.js'

/** The schedulers there are, the best first: those of the system itself also make up for times that were missed. */
export function schedulersFor(env: Environment): readonly Scheduler[] {
  return [launchd(env), systemd(env), cron()]
}

/** The scheduler that was asked for, else the first that is usable. `UNSUPPORTED` where there is none. */
export async function chooseScheduler(
  schedulers: readonly Scheduler[],
  asked: SchedulerName | undefined,
): Promise<Scheduler> {
  for (const scheduler of schedulers)
    if (asked === undefined ? await scheduler.isUsable() : scheduler.name === asked) return scheduler
  throw new BakthatError('UNSUPPORTED', 'this user has no scheduler: neither launchd nor systemd nor cron answers', {
    hint: 'install cron, or let --print --scheduler cron show the line and put it where it belongs',
  })
}

/** Installs a schedule. One of its name elsewhere goes: a backup is not made twice. */
export async function install(
  schedule: Schedule,
  scheduler: Scheduler,
  schedulers: readonly Scheduler[],
): Promise<readonly string[]> {
  const notes = await scheduler.install(schedule)
  await uninstall(
    schedule.name,
    schedulers.filter((other) => other !== scheduler),
  )
  return notes
}

/** Removes a schedule wherever it is, and tells what was removed. */
export async function uninstall(name: string, schedulers: readonly Scheduler[]): Promise<readonly Installed[]> {
  const found = (await listAll(schedulers)).filter((installed) => installed.name === name)
  for (const installed of found)
    await schedulers.find((scheduler) => scheduler.name === installed.scheduler)?.uninstall(name)
  return found
}

/** All that is installed. */
export async function listAll(schedulers: readonly Scheduler[]): Promise<readonly Installed[]> {
  return (await Promise.all(schedulers.map((scheduler) => scheduler.list()))).flat()
}
