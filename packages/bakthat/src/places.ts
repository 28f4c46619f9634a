import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Catalog } from '@bakthat/catalog'
import type { Settings } from '@bakthat/config'
import type { ActionOptions, DestinationContext } from '@bakthat/core'
import type { Action, EventBus } from '@bakthat/events'
import { Opening, pauseFor } from '@bakthat/storage'
import { clock } from './clock.js'
import { Destinations, type Changes } from './destinations.js'
import { isAlive, processSpace } from './processes.js'

/** What the engine is handed for a profile: its catalog, its destinations, and this process. Each is opened when it is first needed. */
export class Places {
  readonly destinations: Destinations
  readonly #settings: Settings
  readonly #events: EventBus
  readonly #catalog: Opening<Catalog>

  constructor(settings: Settings, events: EventBus, ofPlugins: ConstructorParameters<typeof Destinations>[1]) {
    this.destinations = new Destinations(settings, ofPlugins)
    this.#settings = settings
    this.#events = events
    this.#catalog = new Opening(async () => {
      const { openCatalog } = await import('@bakthat/catalog')
      return openCatalog({ path: settings.database, now: clock })
    })
  }

  catalog(): Promise<Catalog> {
    return this.#catalog.get()
  }

  /** A destination, that of the profile by default, as the engine works on it. */
  async context(name?: string, changes?: Changes): Promise<DestinationContext> {
    const backend = await this.destinations.backend(name, changes)
    const catalog = await this.catalog()
    const { claimRowsOfPythonTool } = await import('./python-rows.js')
    claimRowsOfPythonTool(catalog, this.#settings.conf, backend)
    const here = { host: hostname(), pid: process.pid, isAlive, ...processSpace(), events: this.#events }
    return { backend, catalog, now: clock, pause: pauseFor, ...here }
  }

  /** Throws as a backup would, where a directory is empty that the catalog knows backups in. Makes no catalog, which would know of none. */
  async refuseEmptied(name: string | undefined, options: ActionOptions): Promise<void> {
    if (!existsSync(this.#settings.database)) return
    const { refuseEmptied } = await import('@bakthat/core')
    await refuseEmptied(await this.context(name), options)
  }

  /** What an action needs before it begins: whoever listens for its failure hears of this one, too. Nobody hears of a dry run. */
  async begun<T>(
    { action, name, dryRun = false }: { action: Action; name: string | undefined; dryRun?: boolean },
    prepare: () => Promise<T>,
  ): Promise<T> {
    const { begun } = await import('@bakthat/core')
    return begun(dryRun ? {} : { events: this.#events }, { action, name }, prepare)
  }

  /** Closes everything, and gives what some destinations failed with. */
  async close(): Promise<readonly unknown[]> {
    const failures = await this.destinations.close()
    await this.#catalog.close((catalog) => catalog.close())
    return failures
  }
}
