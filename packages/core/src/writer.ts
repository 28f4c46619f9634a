import type { BackupRow, Json } from '@bakthat/catalog'
import type { EngineContext } from './context.js'
import { isRecord } from './is-record.js'

/** Who is at work on a pending backup: a copy is made by another host than its backup was. */
export interface Writer {
  readonly host?: string | undefined
  readonly processes?: string | undefined
}

/** What the row of a backup says of its writer until it is complete. */
export function signed({ host, processes }: EngineContext): Record<string, Json> {
  return { writer: { host, ...(processes !== undefined && { processes }) } }
}

export function writerOf({ metadata: { writer }, host }: BackupRow): Writer {
  return isRecord(writer) ? { host: textOf(writer['host']), processes: textOf(writer['processes']) } : { host }
}

/** Whether the process that began a backup is known to be gone. */
export function wasInterrupted(context: EngineContext, row: BackupRow): boolean {
  const { host, processes } = writerOf(row)
  if (host !== context.host || row.pid === undefined) return false
  if (processes === context.processes || processes === undefined || context.processes === undefined)
    return !context.isAlive(row.pid)
  // Of two containers on one machine, neither sees the processes of the other.
  return bootOf(processes) !== bootOf(context.processes)
}

function bootOf(processes: string): string {
  return processes.slice(0, processes.indexOf(' '))
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
