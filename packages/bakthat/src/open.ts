import { basename } from 'node:path'
import type { ArchiveEntry } from '@bakthat/catalog'
import { loadSettings, whereabouts, type Settings } from '@bakthat/config'
import type * as Core from '@bakthat/core'
import { BakthatError, givenList, messageOf } from '@bakthat/errors'
import { createEvents, quietLog, type EventBus, type Log } from '@bakthat/events'
import type { Catalog as CatalogView, CatalogReader } from '@bakthat/plugin-sdk'
import type { CallOptions, ContainerMade, Finding, Role } from '@bakthat/storage'
import { backendDefinitions } from './backends.js'
import { clock } from './clock.js'
import type {
  Bakthat,
  BackupOptions,
  CleanupOptions,
  CreateOptions,
  DecryptionOptions,
  DeleteOlderThanOptions,
  DiffOptions,
  DoctorOptions,
  EntriesOptions,
  FindOptions,
  GlacierInventory,
  MigrateOptions,
  OpenOptions,
  ReadOptions,
  Recovery,
  RemoveOptions,
  ResolveOptions,
  RestoreOptions,
  RotateOptions,
  ShareOptions,
  ShowOptions,
  SimulateOptions,
  SurveyOptions,
  SyncOptions,
  VerifyOptions,
} from './contract.js'
import { harmless, inClass } from './destinations.js'
import { events } from './events.js'
import { Places } from './places.js'
import type { PluginState } from './plugins/contract.js'
import type { Plugins } from './plugins/plugins.js'
import { VaultInventory } from './vault-inventory.js'

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
    ...(options.conf !== undefined && { conf: options.conf }),
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
  readonly #places: Places
  readonly #vaultInventory: VaultInventory
  #plugins: Plugins | undefined

  constructor(settings: Settings, profileAsked: boolean, log: Log) {
    this.events = createEvents({ parent: events, log })
    this.notices = settings.notices
    this.#settings = settings
    this.#profileAsked = profileAsked
    this.#log = log
    this.#places = new Places(settings, this.events, () => this.#plugins?.additions.backends)
    this.#vaultInventory = new VaultInventory(this.#places, log)
    this.#vaultInventory.copyAfterChanges(this.events)
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
    const catalog = await this.#places.catalog()
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
    const { recipients, password, keys: find, destination, compression, storageClass, ...rest } = options
    const name = rest.name ?? (typeof source === 'string' ? basename(source) : undefined)
    const place = await this.#places.begun({ action: 'backup', name }, () =>
      this.#places.context(destination, inClass(storageClass)),
    )
    return core.backup(place, source, {
      ...rest,
      compression: this.#withModule(withDefaults(compression, this.#settings.compression)),
      tags: [...new Set([...this.#settings.tags, ...givenList('tags', rest.tags)])],
      exclude: [...this.#settings.exclude, ...givenList('exclude', rest.exclude)],
      encryption: async () =>
        keys.encryptionFor(
          this.#settings,
          {
            ...(recipients !== undefined && { recipients }),
            ...(password !== undefined && { password }),
            ...(await find?.()),
          },
          rest.signal,
        ),
    })
  }

  async survey(path: string, { destination, exclude, ...options }: SurveyOptions = {}): Promise<Core.SurveyResult> {
    const core = await import('@bakthat/core')
    return core.survey(await this.#places.context(destination), path, {
      ...options,
      exclude: [...this.#settings.exclude, ...givenList('exclude', exclude)],
    })
  }

  async restore(name: string, options: RestoreOptions = {}): Promise<Core.RestoreResult> {
    const core = await import('@bakthat/core')
    const keys = await import('./keys.js')
    const [place, decryption] = await this.#places.begun({ action: 'restore', name }, async () => [
      await this.#places.context(options.destination),
      await keys.decryptionFor(this.#settings, { ...options, ...(await options.keys?.()) }),
    ])
    return core.restore(place, name, { ...options, keys: decryption })
  }

  async restoreFile(path: string, options: RestoreOptions = {}): Promise<Core.RestoreResult> {
    const core = await import('@bakthat/core')
    const keys = await import('./keys.js')
    const decryption = await this.#places.begun({ action: 'restore', name: undefined }, async () =>
      keys.decryptionFor(this.#settings, { ...options, ...(await options.keys?.()) }),
    )
    return core.restoreFile({ now: clock, events: this.events }, path, { ...options, keys: decryption })
  }

  async *read(name: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
    const core = await import('@bakthat/core')
    const [place, asked] = await this.#toRead(options)
    yield* core.read(place, name, asked)
  }

  async *entries(name: string, options: EntriesOptions = {}): AsyncGenerator<Core.BackupEntry> {
    const core = await import('@bakthat/core')
    const [place, asked] = await this.#toRead(options)
    yield* core.entries(place, name, asked)
  }

  async find(patterns: readonly string[], options: FindOptions = {}): Promise<Core.FindResult> {
    const core = await import('@bakthat/core')
    const [place, asked] = await this.#toRead(options)
    return core.find(place, patterns, asked)
  }

  async diff(name: string, options: DiffOptions = {}): Promise<Core.DiffResult> {
    const core = await import('@bakthat/core')
    const [place, asked] = await this.#toRead(options)
    return core.diff(place, name, asked)
  }

  async show({ destination, ...query }: ShowOptions = {}): Promise<readonly Core.Backup[]> {
    givenList('tags', query.tags)
    const catalog = await this.#places.catalog()
    if (destination === undefined && !this.#profileAsked) return catalog.find(query)
    const { scheme, container } = (await this.#places.context(destination)).backend
    return catalog.find({ ...query, backend: scheme, ...(this.#profileAsked && { container }) })
  }

  async remove(name: string, options: RemoveOptions = {}): Promise<Core.RemoveResult> {
    const core = await import('@bakthat/core')
    return core.remove(
      await this.#places.begun({ action: 'delete', name }, () => this.#places.context(options.destination)),
      name,
      options,
    )
  }

  async cancelRemoval(name: string, { destination }: { destination?: string } = {}): Promise<Core.Backup> {
    const core = await import('@bakthat/core')
    return core.cancelRemoval(await this.#places.context(destination), name)
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
    const place = await this.#places.begun({ action: 'delete_older_than', name, ...options }, () =>
      this.#places.context(destination),
    )
    return core.deleteOlderThan(place, name, interval, options)
  }

  async resolve(name: string, { destination, ...options }: ResolveOptions = {}): Promise<Core.Backup> {
    const core = await import('@bakthat/core')
    return core.resolveBackup(await this.#places.context(destination), name, options)
  }

  async verify(name?: string, options: VerifyOptions = {}): Promise<readonly Core.VerifyResult[]> {
    const core = await import('@bakthat/core')
    const [place, asked] = await this.#toRead(options)
    return core.verify(place, name, asked)
  }

  async sync(options: SyncOptions = {}): Promise<Core.SyncResult> {
    const core = await import('@bakthat/core')
    const result = await core.sync(await this.#places.context(options.destination), options)
    await this.#vaultInventory.copyAfter([...result.added, ...result.removed])
    return result
  }

  async recovery({ destination }: { destination?: string } = {}): Promise<Recovery> {
    const core = await import('@bakthat/core')
    const byHand = core.recoveryByHand(await this.#places.context(destination))
    const { profile } = this.#settings
    return { ...byHand, profile, conf: whereabouts(this.#settings, byHand.destination.backend) }
  }

  async jobs(options: Pick<Core.ActionOptions, 'signal'> = {}): Promise<readonly Core.JobState[]> {
    const core = await import('@bakthat/core')
    const catalog = await this.#places.catalog()
    const asked = new Set(catalog.retrievals.all().map(({ backupId }) => backupId))
    const schemes = new Set(catalog.find().flatMap(({ id, backend }) => (asked.has(id) ? [backend] : [])))
    const states: Core.JobState[] = []
    for (const scheme of schemes)
      if (this.#places.destinations.has(scheme))
        states.push(...(await core.jobs(await this.#places.context(scheme), options)))
    return states.sort((one, other) => one.askedAt.getTime() - other.askedAt.getTime())
  }

  async share(name: string, { destination, ...options }: ShareOptions = {}): Promise<Core.ShareResult> {
    const core = await import('@bakthat/core')
    return core.share(await this.#places.context(destination), name, options)
  }

  async cleanup({ destination, ...options }: CleanupOptions = {}): Promise<readonly Core.CleanupItem[]> {
    const core = await import('@bakthat/core')
    return core.cleanup(await this.#places.context(destination), options)
  }

  async create({ destination, ...options }: CreateOptions = {}): Promise<ContainerMade> {
    const definition = await this.#places.destinations.definition(destination)
    if (definition.create !== undefined) return definition.create(this.#places.destinations.settings, options)
    const { container } = await this.#places.destinations.backend(destination)
    return { container, notices: ['nothing had to be done: the first backup makes it, where it is not there'] }
  }

  async tryOut({ destination, ...options }: CreateOptions = {}): Promise<readonly Finding[]> {
    const { tryOut } = await import('./trial.js')
    return tryOut(await this.#places.destinations.backend(destination), options)
  }

  async doctor({ destination, onFinding, ...options }: DoctorOptions = {}): Promise<readonly Finding[]> {
    const { examine } = await import('./doctor.js')
    const backend = await this.#places.destinations.backend(destination)
    const trial = await this.#places.destinations.backend(destination, harmless)
    const refuseEmptied = (): Promise<void> => this.#places.refuseEmptied(destination, options)
    const findings: Finding[] = []
    for await (const finding of examine({ backend, trial, refuseEmptied }, options)) {
      findings.push(finding)
      onFinding?.(finding)
    }
    return findings
  }

  async policy(role: Role, { destination }: { destination?: string } = {}): Promise<object> {
    const definition = await this.#places.destinations.definition(destination)
    if (definition.accessPolicy !== undefined) return definition.accessPolicy(this.#places.destinations.settings, role)
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
    const [source, target] = [await this.#places.context(from), await this.#places.context(to, inClass(storageClass))]
    const result = await core.migrate(source, target, options)
    await this.#vaultInventory.copyAfter([...result.copied, ...result.removed])
    return result
  }

  showGlacierInventory(options: CallOptions = {}): Promise<GlacierInventory> {
    return this.#vaultInventory.ofVault(options)
  }

  showLocalGlacierInventory(): Promise<readonly ArchiveEntry[]> {
    return this.#vaultInventory.ofCatalog()
  }

  backupGlacierInventory(options: CallOptions = {}): Promise<readonly ArchiveEntry[]> {
    return this.#vaultInventory.backUp(options)
  }

  restoreGlacierInventory(options: CallOptions = {}): Promise<readonly ArchiveEntry[]> {
    return this.#vaultInventory.restore(options)
  }

  async close(): Promise<void> {
    await this.#plugins?.deactivate()
    for (const failure of await this.#places.close())
      this.#log.warn(`a destination could not be closed: ${messageOf(failure)}`)
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

  async #toRead<Options extends DecryptionOptions & { readonly destination?: string }>(options: Options) {
    const { decryptionFor } = await import('./keys.js')
    const keys = await decryptionFor(this.#settings, options)
    return [await this.#places.context(options.destination), { ...options, keys }] as const
  }

  #toRotate<Options extends Omit<RotateOptions, 'destination'>>(
    name: string | undefined,
    destination: string | undefined,
    options: Options,
  ) {
    return this.#places.begun({ action: 'rotate_backups', name, ...options }, () =>
      Promise.all([this.#places.context(destination), this.#withPolicy(options)]),
    )
  }
}

/** A level belongs to its format: that of the profile is no level of another one. */
function withDefaults(asked: BackupOptions['compression'], usual: Settings['compression']): Settings['compression'] {
  const format = asked?.format ?? usual.format
  const level = asked?.level ?? (format === usual.format ? usual.level : undefined)
  return { format, ...(level !== undefined && { level }) }
}
