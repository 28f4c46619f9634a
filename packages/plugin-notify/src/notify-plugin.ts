import { hostname } from 'node:os'
import { BakthatError, Plugin, readSettings, settingKinds, type Action, type PluginHost } from '@bakthat/plugin-sdk'
import { systemClock, type Clock } from './clock.js'
import { deliver } from './delivery.js'
import type { Facts } from './facts.js'
import {
  actionFailed,
  backupMade,
  backupsThinned,
  testMessage,
  type Begun,
  type Origin,
  type ToldAction,
} from './message.js'
import type { Target } from './target.js'
import { mail } from './targets/mail.js'
import { ntfy } from './targets/ntfy.js'
import { slack } from './targets/slack.js'
import { webhook } from './targets/webhook.js'
import { testCommand } from './test-command.js'

/**
 * Tells people of backups and rotations, by the targets under `notify` in the profile: `ntfy`, `slack`, `mail` and `webhook`, each a
 * map or a list of maps. All targets are told at the same time. Whoever cannot be told within 20 seconds, a few attempts included,
 * is logged, and breaks nothing. Adds the command `notify test`.
 */
export class NotifyPlugin extends Plugin {
  readonly #clock: Clock
  readonly #begun = new Map<string, Begun>()
  #targets: readonly Target[] = []

  constructor(host: PluginHost, clock: Clock = systemClock) {
    super(host)
    this.#clock = clock
  }

  activate(): void {
    this.#targets = this.#readTargets()
    this.commands.add(testCommand(this.#targets, this.#clock, () => testMessage(this.#origin())))
    for (const action of ['backup', 'rotate_backups', 'delete_older_than'] as const)
      this.on(`before_${action}`, ({ sessionId, name, backend, container }) => {
        this.#begun.set(sessionId, { name, backend, container, at: this.#clock.now() })
      })
    this.on('on_backup', ({ sessionId, result }, { signal }) => {
      this.#begun.delete(sessionId)
      return this.#tell(backupMade(this.#origin(), result), signal)
    })
    for (const action of ['rotate_backups', 'delete_older_than'] as const)
      this.on(`on_${action}`, ({ sessionId, ...thinned }, { signal }) =>
        this.#tell(backupsThinned(this.#origin(), action, this.#taken(sessionId)!, thinned), signal),
      )
    this.on('on_error', async ({ sessionId, action, ...failure }, { signal }) => {
      const begun = this.#taken(sessionId)
      if (isTold(action)) await this.#tell(actionFailed(this.#origin(), action, begun, failure), signal)
    })
  }

  #readTargets(): readonly Target[] {
    const { list } = settingKinds
    const kinds = { ntfy: list(ntfy), slack: list(slack), mail: list(mail), webhook: list(webhook) }
    const targets = Object.values(readSettings(this.conf, 'notify', kinds)).flat()
    if (targets.length > 0) return targets
    throw new BakthatError('INVALID_CONFIG', 'notify names nobody who is told', {
      hint: `set one of ${Object.keys(kinds)
        .map((key) => `notify.${key}`)
        .join(', ')} in the profile`,
    })
  }

  /** Rejects with all that kept somebody from being told. */
  async #tell(facts: Facts, signal: AbortSignal): Promise<void> {
    const told = this.#targets.filter(({ events }) => events.includes(facts.event))
    const outcomes = await Promise.allSettled(told.map((target) => deliver(target, facts, this.#clock, signal)))
    const problems = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [messageOf(outcome.reason)] : []))
    if (problems.length > 0) throw new BakthatError('UNAVAILABLE', problems.join('; '))
  }

  #taken(sessionId: string): Begun | undefined {
    const begun = this.#begun.get(sessionId)
    this.#begun.delete(sessionId)
    return begun
  }

  #origin(): Origin {
    return { host: hostname(), now: this.#clock.now() }
  }
}

/** Restoring and deleting one backup is done by people, who see how it goes. */
function isTold(action: Action): action is ToldAction {
  return action === 'backup' || action === 'rotate_backups' || action === 'delete_older_than'
}

function messageOf(reason: unknown): string {
  return (reason as Partial<Error> | undefined)?.message ?? String(reason)
}
