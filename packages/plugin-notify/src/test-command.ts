import { defineCommand, isBakthatError, throwIfAborted, type PluginCommand } from '@bakthat/plugin-sdk'
import type { Clock } from './clock.js'
import { deliver } from './delivery.js'
import type { Facts } from './facts.js'
import type { Target } from './target.js'

interface Delivery {
  readonly target: string
  readonly events: readonly string[]
  readonly sent: boolean
  readonly problem?: { readonly message: string; readonly hint?: string }
}

/** `bakthat notify test`: sends every target a message, and tells which ones took it. */
export function testCommand(targets: readonly Target[], clock: Clock, message: () => Facts): PluginCommand {
  return defineCommand({
    name: 'notify test',
    summary: 'Send a test message to everybody who is told of backups',
    examples: [['bakthat notify test', 'see whether messages arrive, before one has to']],
    async run(_, __, { signal }) {
      const facts = message()
      const deliveries = await Promise.all(targets.map((target) => tried(target, facts, clock, signal)))
      return { text: table(deliveries), document: deliveries, exitStatus: deliveries.every(({ sent }) => sent) ? 0 : 1 }
    },
  })
}

async function tried(target: Target, facts: Facts, clock: Clock, signal: AbortSignal): Promise<Delivery> {
  const about = { target: target.label, events: target.events }
  try {
    await deliver(target, facts, clock, signal)
    return { ...about, sent: true }
  } catch (error) {
    throwIfAborted(signal)
    if (!isBakthatError(error)) throw error
    const { message, hint } = error
    return { ...about, sent: false, problem: { message, ...(hint !== undefined && { hint }) } }
  }
}

function table(deliveries: readonly Delivery[]): string {
  const rows = [
    ['target', 'is told of', 'test message'],
    ...deliveries.map(({ target, events, sent }) => [target, events.join(', '), sent ? 'sent' : 'not sent']),
  ]
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  const problems = deliveries.flatMap(({ problem }) => (problem === undefined ? [] : [sentence(problem)]))
  return [...lines, ...problems].join('\n')
}

function sentence({ message, hint }: NonNullable<Delivery['problem']>): string {
  return `not sent: ${message}${hint === undefined ? '' : ` (${hint})`}`
}
