import { definitions, type Definition } from './definitions.js'

/** What there is to say of a key of a profile. */
export interface ConfigurationKey {
  /** With the key of the map that it stands in: `rotation.days`. */
  readonly name: string
  /** What its value must be: `a path`, `zstd, gzip or none`. */
  readonly form: string
  /** What it is for, in one line. */
  readonly description: string
  /** Whether its value must not be shown. */
  readonly isSecret: boolean
}

/** Every key that a profile or a `conf` object can have, in the order of the documentation. */
export const configurationKeys: readonly ConfigurationKey[] = definitions.flatMap((definition) =>
  describe(definition, ''),
)

function describe(definition: Definition, prefix: string): readonly ConfigurationKey[] {
  const { description } = definition
  const name = prefix + definition.key
  if ('keys' in definition) {
    const inner = definition.keys.flatMap((key) => describe(key, `${name}.`))
    return [{ name, form: 'a map', description, isSecret: false }, ...inner]
  }
  return [{ name, form: definition.kind.form, description, isSecret: definition.isSecret === true }]
}
