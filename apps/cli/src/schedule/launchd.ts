import { mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { home } from '@bakthat/config'
import type { Environment } from '../host.js'
import { agentLabel, launchdAgent } from './launchd-agent.js'
import { ownNotes, removeFiles, writeOwn } from './own-files.js'
import { run, runWell } from './programs.js'
import type { Scheduler } from './scheduler.js'

/** Agents of the user's launchd, on macOS. */
export function launchd(env: Environment): Scheduler {
  const library = join(home(env), 'Library')
  const directory = join(library, 'LaunchAgents')
  const pathOf = (name: string): string => join(directory, fileOf(name))
  const logOf = (name: string): string => join(library, 'Logs', `${agentLabel(name)}.log`)
  const domain = `gui/${userInfo().uid}`
  // It fails where the agent is not loaded, and then there is nothing to unload.
  const unload = (name: string): Promise<unknown> => run('launchctl', ['bootout', `${domain}/${agentLabel(name)}`])
  return {
    name: 'launchd',
    isUsable: async () => (await run('launchctl', ['print', domain])).status === 0,
    render: (schedule) => [{ path: pathOf(schedule.name), text: launchdAgent(schedule, logOf(schedule.name)) }],
    install: async (schedule) => {
      const path = pathOf(schedule.name)
      await writeOwn(path, launchdAgent(schedule, logOf(schedule.name)))
      await mkdir(dirname(logOf(schedule.name)), { recursive: true })
      await unload(schedule.name)
      await runWell('launchctl', ['bootstrap', domain, path])
      return []
    },
    uninstall: async (name) => {
      await unload(name)
      await removeFiles(pathOf(name))
    },
    list: async () => {
      const own = await ownNotes(directory, fileOf)
      return own.map((found) => ({ ...found, scheduler: 'launchd' }))
    },
  }
}

function fileOf(name: string): string {
  return `${agentLabel(name)}.plist`
}
