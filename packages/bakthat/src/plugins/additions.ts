import { BakthatError } from '@bakthat/errors'
import type {
  BackendDefinition,
  Catalog,
  CatalogReader,
  CompressionFormat,
  MakeCatalogMethods,
  PluginCommand,
  PluginHost,
} from '@bakthat/plugin-sdk'
import { checkBackend, checkCommand, checkCompression } from './definitions.js'

/** The places that a plugin adds things to. */
export type Additive = Pick<PluginHost, 'backends' | 'commands' | 'compressions' | 'extendCatalog'>

/** Something that a plugin added. */
interface Owned<Thing> {
  readonly owner: string
  readonly thing: Thing
}

/** Everything that plugins added to an instance, by its name. Two of one name are refused, and so are built-in ones. */
export class Additions {
  readonly backends = new Map<string, Owned<BackendDefinition>>()
  readonly commands = new Map<string, Owned<PluginCommand>>()
  readonly compressions = new Map<CompressionFormat, Owned<URL>>()
  readonly catalogMethods = new Map<string, Owned<MakeCatalogMethods>>()
  readonly #builtInBackends: ReadonlySet<string>

  constructor(builtInBackends: Iterable<string>) {
    this.#builtInBackends = new Set(builtInBackends)
  }

  /** Where the plugin of that name adds things. */
  of(owner: string): Additive {
    return {
      backends: { add: (thing) => this.#addBackend(owner, thing) },
      commands: { add: (thing) => this.#addCommand(owner, thing) },
      compressions: { use: (format, thing) => this.#useCompression(owner, format, thing) },
      extendCatalog: (make) => this.#extendCatalog(owner, make),
    }
  }

  /** Takes away what a plugin added before it failed. */
  removeAllOf(owner: string): void {
    for (const map of [this.backends, this.commands, this.compressions, this.catalogMethods] as Map<
      unknown,
      Owned<unknown>
    >[])
      for (const [name, owned] of map) if (owned.owner === owner) map.delete(name)
  }

  /** A catalog with the methods that plugins gave it. */
  decorated(reader: CatalogReader): Catalog {
    const makes = new Set([...this.catalogMethods.values()].map(({ thing }) => thing))
    return Object.assign({}, ...[...makes].map((make) => make(reader)), reader) as Catalog
  }

  #addBackend(owner: string, thing: BackendDefinition): void {
    checkBackend(thing)
    if (this.#builtInBackends.has(thing.scheme)) throw taken('destination', thing.scheme, 'Bakthat')
    add(this.backends, 'destination', thing.scheme, { owner, thing })
  }

  #addCommand(owner: string, thing: PluginCommand): void {
    checkCommand(thing)
    add(this.commands, 'command', thing.name, { owner, thing })
  }

  #useCompression(owner: string, format: CompressionFormat, thing: URL): void {
    checkCompression(format, thing)
    add(this.compressions, 'compression of', format, { owner, thing })
  }

  #extendCatalog(owner: string, make: MakeCatalogMethods): void {
    const unreadable: CatalogReader = { find: () => [], newest: () => undefined, query: () => [] }
    for (const name of Object.keys(make(unreadable))) {
      if (name in unreadable) throw taken('catalog method', name, 'the catalog')
      add(this.catalogMethods, 'catalog method', name, { owner, thing: make })
    }
  }
}

function add<Name extends string, Thing>(
  map: Map<Name, Owned<Thing>>,
  kind: string,
  name: Name,
  owned: Owned<Thing>,
): void {
  const other = map.get(name)
  if (other !== undefined) throw taken(kind, name, `the plugin ${other.owner}`)
  map.set(name, owned)
}

function taken(kind: string, name: string, owner: string): BakthatError {
  return new BakthatError('ALREADY_EXISTS', `the ${kind} ${name} is there already: it is of ${owner}`, {
    hint: 'give it another name, or leave one of the two plugins out',
  })
}
