import { isBakthatError } from '@bakthat/errors'
import { throwIfAborted, type Finding } from '@bakthat/storage'

import type { Connection, Request } from './connection.js'

/** What can be found out about a vault without storing anything in it, which would be paid for 90 days. */
export async function* diagnose(connection: Connection, signal: AbortSignal | undefined): AsyncGenerator<Finding> {
  const vault = await found(connection, signal, 'vault', (glacier, options) =>
    glacier.describeVault({ accountId: '-', vaultName: connection.vault }, options),
  )
  if ('verdict' in vault) {
    yield vault
    return
  }
  const { LastInventoryDate: taken, NumberOfArchives: archives = 0, SizeInBytes: size = 0 } = vault.answer
  yield {
    subject: 'vault',
    verdict: 'good',
    found: `there, with ${archives} archives of ${size} bytes`,
    consequence: 'it can be used',
  }
  yield taken === undefined
    ? {
        subject: 'inventory',
        verdict: 'note',
        found: 'none yet',
        consequence: 'a lost catalog can be rebuilt from the day after the first archive',
      }
    : {
        subject: 'inventory',
        verdict: 'good',
        found: `of ${taken}`,
        consequence: 'a catalog rebuilt now would know what was stored by then',
      }
  yield await lockOf(connection, signal)
  yield await retrievalLimit(connection, signal)
}

async function lockOf(connection: Connection, signal: AbortSignal | undefined): Promise<Finding> {
  const subject = 'vault lock'
  const lock = await found(
    connection,
    signal,
    subject,
    (glacier, options) => glacier.getVaultLock({ accountId: '-', vaultName: connection.vault }, options),
    { subject, verdict: 'note', found: 'none', consequence: 'credentials that may delete can delete everything' },
  )
  if ('verdict' in lock) return lock
  return {
    subject,
    verdict: 'note',
    found: lock.answer.State === 'Locked' ? 'locked for good' : 'being tried out',
    consequence: 'deleting may be refused until the day that its policy says',
  }
}

async function retrievalLimit(connection: Connection, signal: AbortSignal | undefined): Promise<Finding> {
  const subject = 'retrieval policy'
  const policy = await found(connection, signal, subject, (glacier, options) =>
    glacier.getDataRetrievalPolicy({ accountId: '-' }, options),
  )
  if ('verdict' in policy) return policy
  const { Strategy: strategy = 'None', BytesPerHour: bytes } = policy.answer.Policy?.Rules?.[0] ?? {}
  if (strategy === 'None') {
    return { subject, verdict: 'good', found: 'no limit', consequence: 'archives of any size can be brought back' }
  }
  return {
    subject,
    verdict: 'note',
    found: bytes === undefined ? strategy : `${bytes} bytes an hour`,
    consequence: 'asking for more at a time is refused: raise it before a large restore',
  }
}

/** The answer, or what it means that there is none. */
async function found<T>(
  connection: Connection,
  signal: AbortSignal | undefined,
  subject: string,
  request: Request<T>,
  absent?: Finding,
): Promise<{ readonly answer: T } | Finding> {
  throwIfAborted(signal)
  try {
    return { answer: await connection.request(undefined, signal, request) }
  } catch (error) {
    if (!isBakthatError(error) || error.code === 'INTERRUPTED') throw error
    if (absent !== undefined && error.code === 'NOT_FOUND') return absent
    if (error.code === 'PERMISSION_DENIED') {
      return { subject, verdict: 'note', found: 'these credentials may not ask', consequence: 'nothing is known of it' }
    }
    return { subject, verdict: 'problem', found: error.message, consequence: error.hint ?? 'try again later' }
  }
}
