import { join } from 'node:path'
import { home, type Settings } from '@bakthat/config'
import { messageOf } from '@bakthat/errors'
import { failureOf, type EventBus, type Failure, type Log } from '@bakthat/events'
import type { Catalog, Plugin } from '@bakthat/plugin-sdk'
import { Additions } from './additions.js'
import type { PluginState } from './contract.js'
import { loadModule } from './module.js'
import { pluginClass } from './plugin-class.js'
import { parseReference } from './reference.js'
import { Stay } from './stay.js'
import { withinTime } from './within-time.js'

/** What plugins live in: one opened instance. */
export interface PluginSurroundings {
  readonly settings: Settings
  readonly events: EventBus
  readonly log: Log
  readonly builtInBackends: Iterable<string>
  readonly catalog: () => Promise<Catalog>
}

const patienceSeconds = 30

/** A plugin that was loaded, or was not. */
type Loaded = {
  readonly name: string
} & ({ readonly plugin: Plugin; readonly version: string | undefined } | { readonly problem: Failure })

/** The plugins of one opened instance. */
export class Plugins {
  readonly additions: Additions
  readonly #surroundings: PluginSurroundings
  readonly #loaded: Loaded[] = []

  private constructor(surroundings: PluginSurroundings) {
    this.#surroundings = surroundings
    this.additions = new Additions(surroundings.builtInBackends)
  }

  /** Loads and activates the plugins of the profile, in its order. One that fails is told and left out. */
  static async load(surroundings: PluginSurroundings): Promise<Plugins> {
    const plugins = new Plugins(surroundings)
    for (const name of new Set(listed(surroundings.settings.conf.plugins))) await plugins.#add(name)
    return plugins
  }

  get states(): readonly PluginState[] {
    return this.#loaded.map((loaded) => this.#stateOf(loaded))
  }

  /** Deactivates those that are active, the last one first; each once. Never rejects. */
  async deactivate(): Promise<void> {
    for (const loaded of this.#loaded.splice(0).reverse()) {
      if (!('plugin' in loaded)) continue
      try {
        await withinTime(patienceSeconds, () => loaded.plugin.deactivate?.())
      } catch (error) {
        this.#surroundings.log.warn(`the plugin ${loaded.name} failed in deactivate: ${messageOf(error)}`)
      }
    }
  }

  async #add(name: string): Promise<void> {
    const stay = new Stay(name)
    try {
      this.#loaded.push({ name, ...(await this.#activate(name, stay)) })
    } catch (error) {
      stay.end()
      this.additions.removeAllOf(name)
      const problem = failureOf(error)
      this.#loaded.push({ name, problem })
      const advice = problem.hint === undefined ? '' : ` (${problem.hint})`
      this.#surroundings.log.error(`the plugin ${name} is left out: ${problem.message}${advice}`)
    }
  }

  async #activate(name: string, stay: Stay): Promise<{ plugin: Plugin; version: string | undefined }> {
    const { settings, log, catalog } = this.#surroundings
    const reference = parseReference(name)
    const directory = settings.conf.plugins_dir ?? join(home(process.env), '.bakthat_plugins')
    const module = await loadModule(reference, directory)
    const Class = pluginClass(reference, module)
    const events = stay.listening(this.#surroundings.events.of(name))
    const additions = stay.adding(this.additions.of(name))
    const plugin = new Class({ conf: { ...settings.conf }, log, events, catalog, ...additions })
    await withinTime(patienceSeconds, () => plugin.activate())
    return { plugin, version: Class.version ?? module.version }
  }

  #stateOf(loaded: Loaded): PluginState {
    const { name } = loaded
    const { backends, commands, compressions, catalogMethods } = this.additions
    return {
      name,
      ...('plugin' in loaded ? { state: 'active' } : { state: 'failed', problem: loaded.problem }),
      ...('plugin' in loaded && loaded.version !== undefined && { version: loaded.version }),
      events: 'plugin' in loaded ? this.#surroundings.events.listenedTo(name) : [],
      backends: namesOf(backends, name),
      commands: [...commands.values()].filter(({ owner }) => owner === name).map(({ thing }) => thing),
      compressions: namesOf(compressions, name),
      catalogMethods: namesOf(catalogMethods, name),
    }
  }
}

function namesOf(map: ReadonlyMap<string, { readonly owner: string }>, owner: string): readonly string[] {
  return [...map].filter(([, owned]) => owned.owner === owner).map(([name]) => name)
}

function listed(names: string | readonly string[] | undefined): readonly string[] {
  return typeof names === 'string' ? [names] : (names ?? [])
}
