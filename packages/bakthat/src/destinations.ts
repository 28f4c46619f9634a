import type { Settings } from '@bakthat/config'
import { BakthatError } from '@bakthat/errors'
import { Opening, type BackendDefinition, type BackendSettings, type StorageBackend } from '@bakthat/storage'
import { backendDefinitions } from './backends.js'

/** Keys that are other for once than the profile has them; `undefined` for none. */
export interface Changes {
  /** Destinations that know these keys; others reject them. Default: all. */
  readonly of?: string
  readonly settings: BackendSettings
}

/** A storage class that is other for once. */
export function inClass(storageClass: string | undefined): Changes | undefined {
  if (storageClass === undefined) return undefined
  return { of: 's3', settings: { storage_class: storageClass, s3_reduced_redundancy: undefined } }
}

/** So that what is stored can be removed, and read at once. */
export const harmless: Changes = { settings: { object_lock: undefined, storage_class: undefined } }

type Definitions = ReadonlyMap<string, { readonly thing: BackendDefinition }>

/** The places that a profile can store in, each opened when it is first needed, and closed with the others. */
export class Destinations {
  /** What every backend is opened with. */
  readonly settings: BackendSettings
  readonly #default: string
  readonly #ofPlugins: () => Definitions | undefined
  readonly #backends = new Map<string, Opening<StorageBackend>>()

  constructor({ conf, localDir, defaultDestination }: Settings, ofPlugins: () => Definitions | undefined) {
    this.settings = { ...conf, local_dir: localDir }
    this.#default = defaultDestination
    this.#ofPlugins = ofPlugins
  }

  has(name: string): boolean {
    return backendDefinitions.has(name) || this.#ofPlugins()?.has(name) === true
  }

  backend(name = this.#default, changes?: Changes): Promise<StorageBackend> {
    const key = JSON.stringify([name, changes])
    const backend = this.#backends.get(key) ?? new Opening(() => this.#open(name, changes))
    this.#backends.set(key, backend)
    return backend.get()
  }

  async definition(name = this.#default): Promise<BackendDefinition> {
    const definition = this.#ofPlugins()?.get(name)?.thing ?? (await backendDefinitions.get(name)?.())
    if (definition !== undefined) return definition
    throw new BakthatError('INVALID_INPUT', `there is no destination ${JSON.stringify(name)}`, {
      hint: `choose one of: ${[...backendDefinitions.keys(), ...(this.#ofPlugins()?.keys() ?? [])].join(', ')}`,
    })
  }

  /** Closes every one, and gives what some failed with: what they stored is stored all the same. */
  async close(): Promise<readonly unknown[]> {
    const closing = [...this.#backends.values()].map((opening) => opening.close((backend) => backend.close()))
    const settled = await Promise.allSettled(closing)
    return settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  }

  async #open(name: string, changes: Changes | undefined): Promise<StorageBackend> {
    const definition = await this.definition(name)
    if (changes?.of !== undefined && changes.of !== name)
      throw new BakthatError('INVALID_INPUT', `${name} has no ${Object.keys(changes.settings)[0] ?? 'such settings'}`, {
        hint: `choose ${changes.of} with -d`,
      })
    return definition.open({ ...this.settings, ...changes?.settings })
  }
}
