import type { ArchiveEntry } from '@bakthat/catalog'
import { isBakthatError } from '@bakthat/errors'
import type { EventBus, Log } from '@bakthat/events'
import type { CallOptions } from '@bakthat/storage'
import type { GlacierArchive, GlacierInventory } from './contract.js'
import type { Inventories } from './inventory-copy.js'
import type { Places } from './places.js'

/**
 * What the vault of a profile holds: as the vault says, as the catalog knows, and as the bucket of the same profile keeps it
 * for other hosts, since a vault cannot be asked where an archive lies.
 */
export class VaultInventory {
  readonly #places: Places
  readonly #log: Log
  readonly #isCopied: boolean

  constructor(places: Places, log: Log) {
    this.#places = places
    this.#log = log
    const { glacier_vault: vault, s3_bucket: bucket } = places.destinations.settings
    this.#isCopied = vault !== undefined && bucket !== undefined
  }

  async ofVault(options: CallOptions): Promise<GlacierInventory> {
    const { listBlobs } = await import('@bakthat/core')
    const listing = await listBlobs(await this.#places.context('glacier'), options)
    const archives: GlacierArchive[] = []
    for await (const { id, name: filename, size, storedAt } of listing) {
      archives.push({ archiveId: id ?? '', filename, size, ...(storedAt && { storedAt }) })
    }
    return { ...(listing.asOf && { asOf: listing.asOf }), archives }
  }

  async ofCatalog(): Promise<readonly ArchiveEntry[]> {
    const { catalog, backend } = await this.#places.context('glacier')
    return catalog.inventory.list(backend.container)
  }

  async backUp(options: CallOptions): Promise<readonly ArchiveEntry[]> {
    const { backUpInventory } = await import('./inventory-copy.js')
    return backUpInventory(await this.#inventories(), options)
  }

  async restore(options: CallOptions): Promise<readonly ArchiveEntry[]> {
    const { restoreInventory } = await import('./inventory-copy.js')
    return restoreInventory(await this.#inventories(), options)
  }

  /** Has the bucket told of every change that the bus tells of. */
  copyAfterChanges(events: EventBus): void {
    if (!this.#isCopied) return
    events.on('on_backup', ({ result }) => this.copyAfter([result]))
    events.on('on_delete', ({ result }) => this.copyAfter([result]))
    events.on('on_delete_older_than', ({ result }) => this.copyAfter(result))
    events.on('on_rotate_backups', ({ result }) => this.copyAfter(result))
  }

  /** Tells the bucket where one of the changes was to the vault. What was done is done, whatever becomes of the copy. */
  async copyAfter(changed: readonly { readonly backend: string }[]): Promise<void> {
    if (!this.#isCopied || changed.every(({ backend }) => backend !== 'glacier')) return
    try {
      await this.backUp({})
    } catch (error) {
      if (!isBakthatError(error)) throw error
      this.#log.warn(`the inventory of the vault was not copied to the bucket: ${error.message}`)
    }
  }

  async #inventories(): Promise<Inventories> {
    const { catalog, backend: vault } = await this.#places.context('glacier')
    return { catalog, vault, bucket: await this.#places.destinations.backend('s3') }
  }
}
