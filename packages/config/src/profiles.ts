import { lineThatIsNotUtf8, type ConfigFile } from './config-file.js'
import type { Conf } from './contract.js'
import { definitions } from './definitions.js'
import { Mistakes } from './mistakes.js'
import { isPresentable, type Entry, type Mapping, type Node } from './node.js'
import type { PathResolver } from './paths.js'
import { readProfile } from './profile.js'

/** The profiles of a file, checked, by their names. Throws `INVALID_CONFIG` that lists every mistake of the whole file. */
export async function parseProfiles(file: ConfigFile, resolvePath: PathResolver): Promise<ReadonlyMap<string, Conf>> {
  const mistakes = new Mistakes(file.path)
  const root = await parse(file.bytes, mistakes)
  const profiles = new Map<string, Conf>()
  if (root !== undefined)
    for (const { name, mapping } of sections(root, mistakes))
      profiles.set(name, readProfile(isPresentable(name) ? name : 'a profile', mapping, { mistakes, resolvePath }))
  mistakes.throwIfAny()
  return profiles
}

async function parse(bytes: Uint8Array, mistakes: Mistakes): Promise<Node | undefined> {
  const line = lineThatIsNotUtf8(bytes)
  if (line === undefined) {
    // The parser is loaded by those who have a file, and by nobody else.
    const { parseYaml } = await import('./yaml-file.js')
    return parseYaml(new TextDecoder().decode(bytes), mistakes)
  }
  mistakes.add(line, 'the line', 'is not text in UTF-8')
  return undefined
}

interface Section {
  readonly name: string
  readonly mapping: Mapping
}

function sections(root: Node, mistakes: Mistakes): readonly Section[] {
  if (root.kind === 'empty') {
    mistakes.add(1, 'the file', 'is empty: write a profile, such as default: {}')
    return []
  }
  if (root.kind === 'mapping') return root.entries().flatMap((entry) => section(entry, mistakes))
  const problem = 'must be a map of profiles: default:, and its keys indented under it'
  mistakes.add(root.line, 'the file', root.kind === 'unusable' ? root.problem : problem)
  return []
}

function section({ key, line, node }: Entry, mistakes: Mistakes): readonly Section[] {
  const label = isPresentable(key) ? key : 'an entry'
  const known = definitions.find((definition) => definition.key === key)
  if (known !== undefined && (node.kind !== 'mapping' || 'keys' in known))
    mistakes.add(line, label, 'stands outside of a profile: indent it under default:')
  else if (key === '') mistakes.add(line, label, 'has a key that is no name')
  else if (node.kind === 'mapping') return [{ name: key, mapping: node }]
  else if (node.kind === 'unusable') mistakes.add(line, label, node.problem)
  else if (node.kind === 'empty')
    mistakes.addMissing(line, label, 'is a profile without keys: write some, or {} for none')
  else mistakes.add(line, label, 'must be a profile: a map of keys, indented under it')
  return []
}
