import { BakthatError } from '@bakthat/errors'
import type { CallOptions, ContainerMade } from '@bakthat/storage'

import { Connection } from './connection.js'
import { addressOf, containerOf } from './container.js'
import { isMissingVault } from './failures.js'
import type { GlacierOptions } from './options.js'

/**
 * Makes the vault. Rejects with `ALREADY_EXISTS` where there is one, and with `UNSUPPORTED` for accounts that had none
 * before AWS closed vaults to new customers.
 */
export async function createVault(options: GlacierOptions, { signal }: CallOptions = {}): Promise<ContainerMade> {
  const connection = new Connection(options)
  try {
    if (await isThere(connection, signal)) {
      throw new BakthatError('ALREADY_EXISTS', `${addressOf(connection.vault)} is there already`)
    }
    await connection.request(undefined, signal, (client, requestOptions) =>
      client.createVault({ accountId: '-', vaultName: connection.vault }, requestOptions),
    )
    return {
      container: containerOf(options),
      notices: ['a vault has no inventory before the day after its first archive'],
    }
  } finally {
    await connection.close()
  }
}

async function isThere(connection: Connection, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await connection.request(undefined, signal, (client, options) =>
      client.describeVault({ accountId: '-', vaultName: connection.vault }, options),
    )
    return true
  } catch (error) {
    if (isMissingVault(error)) return false
    throw error
  }
}
