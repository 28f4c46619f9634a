import type { Inventory, Vault } from './vault.js'

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-job-output-get.html#api-job-output-get-responses-elements */
export function inventoryDocument(vault: Vault, { takenAt, archives }: Inventory): Buffer {
  const document = {
    VaultARN: vault.arn,
    InventoryDate: inSeconds(takenAt),
    ArchiveList: archives.map(({ id, description, createdAt, size, treeHash }) => ({
      ArchiveId: id,
      ArchiveDescription: description,
      CreationDate: inSeconds(createdAt),
      Size: size,
      SHA256TreeHash: treeHash,
    })),
  }
  return Buffer.from(JSON.stringify(document))
}

/** Inventories tell times without fractions of a second. */
function inSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
