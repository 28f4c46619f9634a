import { hostname } from 'node:os'
import { basename } from 'node:path'
import type { ArchiveEntry, Catalog } from '@bakthat/catalog'
import { loadSettings, type Settings } from '@bakthat/config'
import type * as Core from '@bakthat/core'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { createEvents, quietLog, type Action, type EventBus, type Log } from '@bakthat/events'
import type { Catalog as CatalogView, CatalogReader } from '@bakthat/plugin-sdk'
import { Opening, pauseFor, type CallOptions, type ContainerMade, type Finding, type Role } from '@bakthat/storage'
import { backendDefinitions } from './backends.js'
import type {
  Bakthat,
  BackupOptions,
  CleanupOptions,
  CreateOptions,
  DeleteOlderThanOptions,
  DoctorOptions,
  GlacierArchive,
  GlacierInventory,
  MigrateOptions,
  OpenOptions,
  ReadOptions,
  RemoveOptions,
  RestoreOptions,
  RotateOptions,
  ShareOptions,
  ShowOptions,
  SimulateOptions,
  SyncOptions,
  VerifyOptions,
} from './contract.js'
import { Destinations, harmless, inClass, type Changes } from './destinations.js'
import { events } from './events.js'
import type { PluginState } from './plugins/contract.js'
import type { Plugins } from './plugins/plugins.js'
import { isAlive, processSpace } from './processes.js'
import type { Inventories } from './glacier-inventory.js'

/**
 * Opens Bakthat for one profile. Reads the configuration now, and opens the catalog and destinations when they are first
 * needed. `INVALID_CONFIG` lists every mistake in the configuration.
 *
 * @example
 * ```ts
 * import { open } from 'bakthat'
 *
 * await using bakthat = await open({ conf: { local_dir: '/mnt/backups', database: '/var/lib/bakthat.sqlite' } })
 * const { storedFilename } = await bakthat.backup('/etc')
 * await bakthat.restore(storedFilename, { to: '/tmp/etc-again' })
 * ```
 */
export async function open(options: OpenOptions = {}): Promise<Bakthat> {
  const settings = await loadSettings({
    ...(options.conf && { conf: options.conf }),
    ...(options.config !== undefined && { file: options.config }),
    ...(options.profile !== undefined && { profile: options.profile }),
  })
  const bakthat = new OpenedBakthat(settings, options.profile !== undefined, options.log ?? quietLog)
  if (settings.conf.plugins !== undefined && options.plugins !== false) await bakthat.loadPlugins()
  return bakthat
}

class OpenedBakthat implements Bakthat {
  readonly notices: readonly string[]
  readonly events: EventBus
  readonly #settings: Settings
  readonly #profileAsked: boolean
  readonly #log: Log
  readonly #destinations: Destinations
  readonly #catalog: Opening<Catalog>
  #plugins: Plugins | undefined

  constructor(settings: Settings, profileAsked: boolean, log: Log) {
    this.events = createEvents({ parent: events, log })
    this.#log = log
    this.notices = settings.notices
    this.#settings = settings
    this.#catalog = new Opening(async () => {
      const { openCatalog } = await import('@bakthat/catalog')
      return openCatalog({ path: settings.database, now: clock })
    })
    this.#profileAsked = profileAsked
    this.#destinations = new Destinations(settings, () => this.#plugins?.additions.backends)
    if (this.#copiesInventory) this.#copyInventoryAfterChanges()
  }

  get #copiesInventory(): boolean {
    const { glacier_vault: vault, s3_bucket: bucket } = this.#settings.conf
    return vault !== undefined && bucket !== undefined
  }

  async loadPlugins(): Promise<void> {
    const { Plugins } = await import('./plugins/plugins.js')
    this.#plugins = await Plugins.load({
      settings: this.#settings,
      events: this.events,
      log: this.#log,
      builtInBackends: backendDefinitions.keys(),
      catalog: () => this.catalog(),
    })
  }

  /** The compression, done by the plugin that took it over, if any. */
  #withModule(compression: Settings['compression']): Settings['compression'] & { readonly module?: string } {
    const module = [...(this.#plugins?.additions.compressions ?? [])].find(([format]) => format === compression.format)
    return module === undefined ? compression : { ...compression, module: module[1].thing.href }
  }

  get plugins(): readonly PluginState[] {
    return this.#plugins?.states ?? []
  }

  async catalog(): Promise<CatalogView> {
    const catalog = await this.#catalog.get()
    const reader: CatalogReader = {
      find: (query) => catalog.find(query),
      newest: (query) => catalog.newest(query),
      query: (sql, parameters) => catalog.query(sql, parameters),
    }
    return this.#plugins?.additions.decorated(reader) ?? reader
  }

  async backup(source: string | Core.ByteStream, options: BackupOptions = {}): Promise<Core.BackupResult> {
    const core = await import('@bakthat/core')
    const keys = await import('./keys.js')
    const { recipients, password, destination, compression, storageClass, ...rest } = options
    const name = rest.name ?? (typeof source === 'string' ? basename(source) : undefined)
    const place = await this.#begun({ action: 'backup', name }, () =>
      this.#destination(destination, inClass(storageClass)),
    )
    return core.backup(place, source, {
      ...rest,
      compression: this.#withModule(withDefaults(compression, this.#settings.compression)),
      tags: [...new Set([...this.#settings.tags, ...(rest.tags ?? [])])],
      exclude: [...this.#settings.exclude, ...(rest.exclude ?? [])],
      encryption: () =>
        keys.encryptionFor(this.#settings, {
          ...(recipients && { recipients }),
          ...(password !== undefined && { password }),
        }),
    })
  }

  async restore(name: string, options: RestoreOptions = {}): Promise<Core.RestoreResult> {
    const core = await import('@bakthat/core')
    const keys = await import('./keys.js')
    const decryption = await keys.decryptionFor(this.#settings, options)
    const place = await this.#begun({ action: 'restore', name }, () => this.#destination(options.destination))
    return core.restore(place, name, { ...options, keys: decryption })
  }

  async restoreFile(path: string, options: RestoreOptions = {}): Promise<Core.RestoreResult> {
    const core = await import('@bakthat/core')
    const keys = await import('./keys.js')
    const decryption = await keys.decryptionFor(this.#settings, options)
    return core.restoreFile({ now: clock, events: this.events }, path, { ...options, keys: decryption })
  }

  async *read(name: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
    const core = await import('@bakthat/core')
    const keys = await import('./keys.js')
    const decryption = await keys.decryptionFor(this.#settings, options)
    yield* core.read(await this.#destination(options.destination), name, { ...options, keys: decryption })
  }

  async show({ destination, ...query }: ShowOptions = {}): Promise<readonly Core.Backup[]> {
    const catalog = await this.#catalog.get()
    if (destination === undefined && !this.#profileAsked) return catalog.find(query)
    const { scheme, container } = (await this.#destination(destination)).backend
    return catalog.find({ ...query, backend: scheme, ...(this.#profileAsked && { container }) })
  }

  async remove(name: string, options: RemoveOptions = {}): Promise<Core.RemoveResult> {
    const core = await import('@bakthat/core')
    return core.remove(
      await this.#begun({ action: 'delete', name }, () => this.#destination(options.destination)),
      name,
      options,
    )
  }

  async cancelRemoval(name: string, { destination }: { destination?: string } = {}): Promise<Core.Backup> {
    const core = await import('@bakthat/core')
    return core.cancelRemoval(await this.#destination(destination), name)
  }

  async rotate(name: string, { destination, ...options }: RotateOptions = {}): Promise<Core.RotateResult> {
    const core = await import('@bakthat/core')
    const [place, asked] = await this.#toRotate(name, destination, options)
    return core.rotate(place, name, asked)
  }

  async rotateAll({ destination, ...options }: RotateOptions = {}): Promise<readonly Core.RotateResult[]> {
    const core = await import('@bakthat/core')
    const [place, asked] = await this.#toRotate(undefined, destination, options)
    return core.rotateAll(place, asked)
  }

  async simulateRotation(options: SimulateOptions): Promise<Core.SimulateResult> {
    const core = await import('@bakthat/core')
    return core.simulate({ now: clock }, await this.#withPolicy(options))
  }

  async deleteOlderThan(
    name: string,
    interval: string,
    { destination, ...options }: DeleteOlderThanOptions = {},
  ): Promise<Core.DeleteOlderThanResult> {
    const core = await import('@bakthat/core')
    const place = await this.#begun({ action: 'delete_older_than', name, ...options }, () =>
      this.#destination(destination),
    )
    return core.deleteOlderThan(place, name, interval, options)
  }

  async resolve(name: string, options: { destination?: string } = {}): Promise<Core.Backup> {
    const core = await import('@bakthat/core')
    return core.resolveBackup(await this.#destination(options.destination), name)
  }

  async verify(name?: string, options: VerifyOptions = {}): Promise<readonly Core.VerifyResult[]> {
    const core = await import('@bakthat/core')
    const keys = await import('./keys.js')
    const decryption = await keys.decryptionFor(this.#settings, options)
    return core.verify(await this.#destination(options.destination), name, { ...options, keys: decryption })
  }

  async sync(options: SyncOptions = {}): Promise<Core.SyncResult> {
    const core = await import('@bakthat/core')
    const result = await core.sync(await this.#destination(options.destination), options)
    await this.#copyInventory([...result.added, ...result.removed])
    return result
  }

  async jobs(options: Pick<Core.ActionOptions, 'signal'> = {}): Promise<readonly Core.JobState[]> {
    const core = await import('@bakthat/core')
    const catalog = await this.#catalog.get()
    const asked = new Set(catalog.retrievals.all().map(({ backupId }) => backupId))
    const schemes = new Set(catalog.find().flatMap(({ id, backend }) => (asked.has(id) ? [backend] : [])))
    const states: Core.JobState[] = []
    for (const scheme of schemes)
      if (this.#destinations.has(scheme)) states.push(...(await core.jobs(await this.#destination(scheme), options)))
    return states.sort((one, other) => one.askedAt.getTime() - other.askedAt.getTime())
  }

  async share(name: string, { destination, ...options }: ShareOptions = {}): Promise<Core.ShareResult> {
    const core = await import('@bakthat/core')
    return core.share(await this.#destination(destination), name, options)
  }

  async cleanup({ destination, ...options }: CleanupOptions = {}): Promise<readonly Core.CleanupItem[]> {
    const core = await import('@bakthat/core')
    return core.cleanup(await this.#destination(destination), options)
  }

  async create({ destination, ...options }: CreateOptions = {}): Promise<ContainerMade> {
    const definition = await this.#destinations.definition(destination)
    if (definition.create !== undefined) return definition.create(this.#destinations.settings, options)
    const { container } = await this.#destinations.backend(destination)
    return { container, notices: ['nothing had to be done: the first backup makes it, where it is not there'] }
  }

  async tryOut({ destination, ...options }: CreateOptions = {}): Promise<readonly Finding[]> {
    const { tryOut } = await import('./trial.js')
    return tryOut(await this.#destinations.backend(destination), options)
  }

  async doctor({ destination, signal, onFinding }: DoctorOptions = {}): Promise<readonly Finding[]> {
    const { examine } = await import('./doctor.js')
    const backend = await this.#destinations.backend(destination)
    const trial = await this.#destinations.backend(destination, harmless)
    const findings: Finding[] = []
    for await (const finding of examine({ backend, trial }, signal === undefined ? {} : { signal })) {
      findings.push(finding)
      onFinding?.(finding)
    }
    return findings
  }

  async policy(role: Role, { destination }: { destination?: string } = {}): Promise<object> {
    const definition = await this.#destinations.definition(destination)
    if (definition.accessPolicy !== undefined) return definition.accessPolicy(this.#destinations.settings, role)
    throw new BakthatError('UNSUPPORTED', `${definition.scheme} has no language for what credentials may do`, {
      hint: 'give permissions by the means of its store, or choose another destination with -d',
    })
  }

  async migrate({
    from = 'glacier',
    to = 's3',
    storageClass,
    ...options
  }: MigrateOptions = {}): Promise<Core.MigrateResult> {
    const core = await import('@bakthat/core')
    const [source, target] = [await this.#destination(from), await this.#destination(to, inClass(storageClass))]
    const result = await core.migrate(source, target, options)
    await this.#copyInventory([...result.copied, ...result.removed])
    return result
  }

  async showGlacierInventory(options: CallOptions = {}): Promise<GlacierInventory> {
    const core = await import('@bakthat/core')
    const listing = await core.listBlobs(await this.#destination('glacier'), options)
    const archives: GlacierArchive[] = []
    for await (const { id, name: filename, size, storedAt } of listing) {
      archives.push({ archiveId: id ?? '', filename, size, ...(storedAt && { storedAt }) })
    }
    return { ...(listing.asOf && { asOf: listing.asOf }), archives }
  }

  async showLocalGlacierInventory(): Promise<readonly ArchiveEntry[]> {
    const { catalog, backend } = await this.#destination('glacier')
    return catalog.inventory.list(backend.container)
  }

  async backupGlacierInventory(options: CallOptions = {}): Promise<readonly ArchiveEntry[]> {
    const { backUpInventory } = await import('./glacier-inventory.js')
    return backUpInventory(await this.#inventories(), options)
  }

  async restoreGlacierInventory(options: CallOptions = {}): Promise<readonly ArchiveEntry[]> {
    const { restoreInventory } = await import('./glacier-inventory.js')
    return restoreInventory(await this.#inventories(), options)
  }

  async close(): Promise<void> {
    await this.#plugins?.deactivate()
    for (const failure of await this.#destinations.close())
      this.#log.warn(
        `a destination could not be closed: ${(failure as Partial<Error> | undefined)?.message ?? String(failure)}`,
      )
    await this.#catalog.close((catalog) => catalog.close())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #withPolicy<T>({
    rotation,
    ...options
  }: T & Pick<RotateOptions, 'rotation'>): Promise<Omit<T, 'rotation'> & Pick<Core.RotateOptions, 'policy'>> {
    const { policyFor } = await import('./policy.js')
    return { ...options, policy: policyFor(this.#settings.conf.rotation, rotation) }
  }

  async #destination(name?: string, changes?: Changes): Promise<Core.DestinationContext> {
    const backend = await this.#destinations.backend(name, changes)
    const catalog = await this.#catalog.get()
    const { claimRowsOfPythonTool } = await import('./python-rows.js')
    claimRowsOfPythonTool(catalog, this.#settings.conf, backend)
    const here = { host: hostname(), pid: process.pid, isAlive, ...processSpace(), events: this.events }
    return { backend, catalog, now: clock, pause: pauseFor, ...here }
  }

  /** What an action needs before it begins: whoever listens for its failure hears of this one, too. Nobody hears of a dry run. */
  async #begun<T>(
    { action, name, dryRun = false }: { action: Action; name: string | undefined; dryRun?: boolean },
    prepare: () => Promise<T>,
  ): Promise<T> {
    try {
      return await prepare()
    } catch (error) {
      const { announceFailure } = await import('@bakthat/core')
      if (!dryRun) await announceFailure({ events: this.events }, { action, name }, error)
      throw error
    }
  }

  #toRotate<Options extends Omit<RotateOptions, 'destination'>>(
    name: string | undefined,
    destination: string | undefined,
    options: Options,
  ) {
    return this.#begun({ action: 'rotate_backups', name, ...options }, () =>
      Promise.all([this.#destination(destination), this.#withPolicy(options)]),
    )
  }

  async #inventories(): Promise<Inventories> {
    const { catalog, backend: vault } = await this.#destination('glacier')
    return { catalog, vault, bucket: await this.#destinations.backend('s3') }
  }

  #copyInventoryAfterChanges(): void {
    const copy = (...changed: readonly { readonly backend: string }[]): Promise<void> => this.#copyInventory(changed)
    this.events.on('on_backup', ({ result }) => copy(result))
    this.events.on('on_delete', ({ result }) => copy(result))
    this.events.on('on_delete_older_than', ({ result }) => copy(...result))
    this.events.on('on_rotate_backups', ({ result }) => copy(...result))
  }

  /** A vault cannot be asked where an archive lies, so the bucket is told. What was done is done, whatever becomes of the copy. */
  async #copyInventory(changed: readonly { readonly backend: string }[]): Promise<void> {
    if (!this.#copiesInventory || changed.every(({ backend }) => backend !== 'glacier')) return
    try {
      await this.backupGlacierInventory()
    } catch (error) {
      if (!isBakthatError(error)) throw error
      this.#log.warn(`the inventory of the vault was not copied to the bucket: ${error.message}`)
    }
  }
}

/** A level belongs to its format: that of the profile is no level of another one. */
function withDefaults(asked: BackupOptions['compression'], usual: Settings['compression']): Settings['compression'] {
  const format = asked?.format ?? usual.format
  const level = asked?.level ?? (format === usual.format ? usual.level : undefined)
  return { format, ...(level !== undefined && { level }) }
}

/** The one clock of the library; everything below is handed it. */
function clock(): Date {
  return new Date()
}
