import type { EventName, Events, Handler, HandlerOptions, Log } from '@bakthat/events'
import type { BackendDefinition } from '@bakthat/storage'
import type { Catalog, MakeCatalogMethods } from './catalog.js'
import type { PluginCommand } from './command.js'
import type { CompressionFormat } from './compression.js'
import { readVersion } from './version.js'

/** How a class that extends {@link Plugin} is known, of whichever copy of this package. */
const sdk = Symbol.for('@bakthat/plugin-sdk/Plugin')

/** Where a plugin adds things of one kind. Only while it is activated. */
export interface Additions<Thing> {
  /** Throws `ALREADY_EXISTS` where there is one of that name, and `INVALID_INPUT` for a name that cannot be used. */
  add(thing: Thing): void
}

/** What replaces or wraps a compression. */
export interface Compressions {
  /**
   * Archives of this format are compressed by the module of that URL (`new URL('./better-gzip.js', import.meta.url)`), which
   * exports a `createCompressor` and is loaded in the threads that compress. The format stays what it is: each frame is
   * decompressed by the usual way and compared, and one that the module got wrong is compressed as usual.
   */
  use(format: CompressionFormat, module: URL): void
}

/** What a plugin is given by whoever loads it. */
export interface PluginHost {
  readonly conf: Readonly<Record<string, unknown>>
  readonly log: Log
  readonly events: Events
  readonly backends: Additions<BackendDefinition>
  readonly commands: Additions<PluginCommand>
  readonly compressions: Compressions
  readonly catalog: () => Promise<Catalog>
  readonly extendCatalog: (make: MakeCatalogMethods) => void
}

/**
 * Extend this class, export the result, and name it in the profile: `plugins: [file.Export]`. It is constructed and activated once
 * for an opened Bakthat and, if that went well, deactivated once when that closes, whatever happened in between. Whatever a plugin throws, or how
 * long it takes, is told with its name and breaks no backup.
 *
 * @example
 * ```ts
 * import { Plugin } from '@bakthat/plugin-sdk'
 *
 * export class HelloPlugin extends Plugin {
 *   activate(): void {
 *     this.on('on_backup', ({ result }) => this.log.info(`hello ${result.storedFilename}`))
 *   }
 * }
 * ```
 */
export abstract class Plugin {
  /** Shown by `bakthat plugins`. Default: the version of the package that the plugin comes in. */
  static readonly version?: string
  readonly #host: PluginHost

  constructor(host: PluginHost) {
    this.#host = host
  }

  /** The version of this package that a plugin was made with; for those who load plugins. */
  static get [sdk](): string {
    return readVersion()
  }

  /** Registers what the plugin does. Rejecting, or taking longer than 30 seconds, leaves it out. */
  abstract activate(): void | Promise<void>

  /** Gives back what `activate` took. Called also after errors and signals, and not where `activate` itself failed. */
  deactivate?(): void | Promise<void>

  /** The profile as it is, keys of the plugin included. It may hold secrets, which no log is to show. */
  get conf(): Readonly<Record<string, unknown>> {
    return this.#host.conf
  }

  /** Sentences for the person at the terminal; standard error in the command. */
  get log(): Log {
    return this.#host.log
  }

  get events(): Events {
    return this.#host.events
  }

  /** The destinations that `-d` and `default_destination` may name. */
  get backends(): Additions<BackendDefinition> {
    return this.#host.backends
  }

  /** The commands that `bakthat` has. */
  get commands(): Additions<PluginCommand> {
    return this.#host.commands
  }

  get compressions(): Compressions {
    return this.#host.compressions
  }

  /** Calls the handler on every such event. The returned function takes it away again. */
  on<Name extends EventName>(name: Name, handler: Handler<Name>, options?: HandlerOptions): () => void {
    return this.#host.events.on(name, handler, options)
  }

  /** The catalog, with the methods that plugins gave it. Opened when first asked for. */
  catalog(): Promise<Catalog> {
    return this.#host.catalog()
  }

  /**
   * Gives the catalog methods of the plugin's own, which it declares by augmenting `CatalogMethods`. None may have a name
   * that is taken.
   */
  extendCatalog(make: MakeCatalogMethods): void {
    this.#host.extendCatalog(make)
  }
}

/** A class that extends {@link Plugin}. */
export type PluginClass = (new (host: PluginHost) => Plugin) & { readonly version?: string }

/** The version of this package that a class of plugins was made with; `undefined` for what is no such class. */
export function sdkVersionOf(value: unknown): string | undefined {
  return typeof value === 'function' && sdk in value ? String((value as { [sdk]?: unknown })[sdk]) : undefined
}
