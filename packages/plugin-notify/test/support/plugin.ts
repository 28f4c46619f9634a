import { createEvents, type EventBus, type EventMap, type Log } from '@bakthat/events'
import { NotifyPlugin } from '@bakthat/plugin-notify'
import type { PluginCommand, PluginHost } from '@bakthat/plugin-sdk'

/** The plugin at work: events that it listens to, and what came of it. */
export interface Activated {
  readonly events: EventBus
  readonly warnings: string[]
  readonly commands: PluginCommand[]
  /** How often it waited before another attempt; no time passes. */
  readonly pauses: readonly unknown[]
  /** For each delivery, in the order of the profile, what ends the patience with it. */
  readonly patience: AbortController[]
}

const begunAt = new Date('2026-03-18T12:00:00Z')

/** The clock stands still at 30 s after the beginning, but for what was begun. */
export function activated(notify: unknown): Activated {
  const [warnings, commands, pauses, patience]: [string[], PluginCommand[], unknown[], AbortController[]] = [
    [],
    [],
    [],
    [],
  ]
  const log: Log = { ...console, warn: (message: string) => void warnings.push(message) }
  const events = createEvents({ log })
  const host = {
    conf: { notify },
    log,
    events: events.of('notify'),
    commands: { add: (command: PluginCommand) => void commands.push(command) },
  } as unknown as PluginHost
  let begun = false
  const clock = {
    now: () => {
      const now = new Date(begunAt.getTime() + (begun ? 30_000 : 0))
      begun = true
      return now
    },
    deadline: () => {
      const controller = new AbortController()
      patience.push(controller)
      return { signal: controller.signal, [Symbol.dispose]: () => undefined }
    },
    pause: async (milliseconds: number) => void pauses.push(milliseconds),
  }
  new NotifyPlugin(host, clock).activate()
  return { events, warnings, commands, pauses, patience }
}

export const made: EventMap['on_backup']['result'] = {
  id: 1,
  backend: 's3',
  container: 'bucket',
  backupDate: begunAt,
  filename: 'photos',
  storedFilename: 'photos.20260318120000.tgz',
  size: 12_345_678,
  tags: [],
  metadata: {},
  entries: 5,
  files: 1234,
  bytesRead: 1000,
  durationMs: 2500,
  warnings: [{ path: 'b', message: 'a socket', incomplete: false }],
}

const place = { backend: 's3', container: 'bucket' }

export async function succeed({ events }: Activated, backup: Partial<typeof made> = {}): Promise<void> {
  const session = { sessionId: events.newSession() }
  await events.before('before_backup', { ...session, ...place, name: 'photos', tags: [] })
  await events.tell('on_backup', { ...session, result: { ...made, ...backup } })
}

export const full = { code: 'NO_SPACE', message: 'the bucket is full', hint: 'free some space' }

export async function fail(
  { events }: Activated,
  error: EventMap['on_error']['error'] = full,
  name = 'photos',
): Promise<void> {
  const session = { sessionId: events.newSession() }
  await events.before('before_backup', { ...session, ...place, name, tags: [] })
  await events.tell('on_error', { ...session, action: 'backup', name, error })
}

export async function rotate(
  { events }: Activated,
  outcome: Partial<Omit<EventMap['on_rotate_backups'], 'sessionId'>> = {},
): Promise<void> {
  const session = { sessionId: events.newSession() }
  await events.before('before_rotate_backups', { ...session, ...place, name: 'photos' })
  await events.tell('on_rotate_backups', { ...session, result: [], deferred: [], failed: [], ...outcome })
}
