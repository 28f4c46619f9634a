import { join } from 'node:path'
import { home } from '@bakthat/config'
import type { Environment } from '../host.js'
import type { Note, Schedule } from './schedule.js'

/** What a schedule is written as, and where. */
export interface Rendered {
  /** Of a file; `crontab` for lines of the user's table. */
  readonly path: string
  readonly text: string
}

/** A schedule that is installed. Without `note` where somebody has changed it. */
export interface Installed {
  readonly name: string
  readonly scheduler: SchedulerName
  readonly note: Note | undefined
}

export const schedulerNames = ['systemd', 'cron', 'launchd'] as const
export type SchedulerName = (typeof schedulerNames)[number]

/** What starts programs at their times for a user: a part of the system, which outlives us. */
export interface Scheduler {
  readonly name: SchedulerName
  /** Whether it is there and lets this user in. */
  readonly isUsable: () => Promise<boolean>
  /** Pure. `INVALID_INPUT` for what it cannot hold. */
  readonly render: (schedule: Schedule) => readonly Rendered[]
  /**
   * Writes what {@link render} gives, and starts it; what was of that name and ours is replaced. Gives what a person should
   * know. `ALREADY_EXISTS` where a file is somebody else's, `COMMAND_FAILED` where the system refuses.
   */
  readonly install: (schedule: Schedule) => Promise<readonly string[]>
  /** Stops and removes one that is installed. */
  readonly uninstall: (name: string) => Promise<void>
  /** What is installed, by name. Empty where the scheduler is not usable. */
  readonly list: () => Promise<readonly Installed[]>
}

/** Where the user's settings of other programs lie. */
export function configHomeOf(env: Environment): string {
  const given = env.XDG_CONFIG_HOME ?? ''
  return given.startsWith('/') ? given : join(home(env), '.config')
}
