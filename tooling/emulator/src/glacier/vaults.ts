import { day } from '../clock.js'
import type { Answer, Request } from '../http/exchange.js'
import { invalid, missing } from './failure.js'
import { json, page, paged } from './paging.js'
import { Vault } from './vault.js'

/** Idempotent. https://docs.aws.amazon.com/amazonglacier/latest/dev/api-vault-put.html */
export function createVault(vaults: Map<string, Vault>, name: string, now: Date, region: string): Answer {
  if (!/^[A-Za-z0-9_.-]{1,255}$/.test(name)) throw invalid(`Invalid vault name: ${name}`)
  if (!vaults.has(name)) vaults.set(name, new Vault(name, now, region))
  return { status: 201, headers: { location: `/111122223333/vaults/${name}` } }
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-vault-get.html */
export function describeVault(vault: Vault, now: Date): Answer {
  return json(200, description(vault, now))
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-vaults-get.html */
export function listVaults(vaults: ReadonlyMap<string, Vault>, { query }: Request, now: Date): Answer {
  const { items, marker } = page([...vaults.values()], query, 50)
  return paged(marker, { VaultList: items.map((vault) => description(vault, now)) })
}

/**
 * A vault goes only when its last inventory was empty and nothing was written since.
 * https://docs.aws.amazon.com/amazonglacier/latest/dev/api-vault-delete.html
 */
export function deleteVault(vaults: Map<string, Vault>, vault: Vault, now: Date): Answer {
  const inventory = vault.inventoryAt(now)
  const isEmpty = inventory === undefined ? vault.archives.size === 0 : inventory.archives.length === 0
  if (!isEmpty || (inventory !== undefined && vault.hasChangedSince(inventory))) {
    throw invalid(`Vault not empty or recently written to: ${vault.arn}`)
  }
  vaults.delete(vault.name)
  return { status: 204 }
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-GetVaultLock.html */
export function vaultLock(vault: Vault): Answer {
  if (vault.lockedDays === 0) throw missing('A vault lock policy was', vault.arn)
  const condition = { NumericLessThan: { 'glacier:ArchiveAgeInDays': String(vault.lockedDays) } }
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 'glacier:DeleteArchive',
    Resource: vault.arn,
    Condition: condition,
  }
  return json(200, {
    Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    State: 'Locked',
    CreationDate: vault.createdAt.toISOString(),
    ExpirationDate: new Date(vault.createdAt.getTime() + day).toISOString(),
  })
}

/** What a vault holds is told as of its last inventory. */
function description(vault: Vault, now: Date): object {
  const inventory = vault.inventoryAt(now)
  return {
    VaultARN: vault.arn,
    VaultName: vault.name,
    CreationDate: vault.createdAt.toISOString(),
    LastInventoryDate: inventory?.takenAt.toISOString() ?? null,
    NumberOfArchives: inventory?.archives.length ?? 0,
    SizeInBytes: inventory?.archives.reduce((sum, { size }) => sum + size, 0) ?? 0,
  }
}
