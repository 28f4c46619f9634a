import type { Conf } from './contract.js'
import { definitions, otherNames, type Definition, type GroupDefinition, type KeyDefinition } from './definitions.js'
import type { Mistakes } from './mistakes.js'
import { isPresentable, type Entry, type Mapping } from './node.js'
import type { PathResolver } from './paths.js'
import { checkTogether } from './profile-rules.js'
import { suggestion } from './suggestion.js'
import { isRefused } from './value-kind.js'

/** Where a profile is checked. */
export interface Checking {
  readonly mistakes: Mistakes
  readonly resolvePath: PathResolver
}

/** The profile that a map describes. Everything that is wrong with it goes to `mistakes`, and is left out. */
export function readProfile(label: string, mapping: Mapping, checking: Checking): Conf {
  const entries = mapping.entries()
  const hasPlugins = entries.some(({ key, node }) => key === 'plugins' && node.kind !== 'empty')
  const values = readKeys(label, entries, definitions, checking, hasPlugins)
  const conf = Object.fromEntries(values) as Conf
  const lines = new Map(entries.map(({ key, line }) => [key, line]))
  checkTogether(conf, (key, problem) => checking.mistakes.add(lines.get(key), `${label}.${key}`, problem))
  return conf
}

type Value = readonly [key: string, value: unknown]

function readKeys(
  label: string,
  entries: readonly Entry[],
  known: readonly Definition[],
  checking: Checking,
  hasPlugins: boolean,
): readonly Value[] {
  const values: Value[] = []
  for (const entry of entries) {
    const definition = known.find(({ key }) => key === entry.key)
    const value =
      definition === undefined
        ? readUnknown(label, entry, known, checking, hasPlugins)
        : 'keys' in definition
          ? readGroup(label, entry, definition, checking)
          : readValue(label, entry, definition, checking)
    if (value !== undefined) values.push([entry.key, value])
  }
  return values
}

function readGroup(label: string, { node, line }: Entry, { key, keys }: GroupDefinition, checking: Checking): unknown {
  if (node.kind === 'empty') return undefined
  const complain = (problem: string): void => checking.mistakes.add(line, `${label}.${key}`, problem)
  if (node.kind !== 'mapping') {
    complain(node.kind === 'unusable' ? node.problem : `must be a map of ${keys.map((inner) => inner.key).join(', ')}`)
    return undefined
  }
  const entries = node.entries()
  const given = new Set(entries.flatMap((entry) => (entry.node.kind === 'empty' ? [] : [entry.key])))
  const missing = keys.filter((inner) => inner.isRequired && !given.has(inner.key)).map((inner) => inner.key)
  if (missing.length > 0) checking.mistakes.addMissing(line, `${label}.${key}`, `needs ${missing.join(' and ')}`)
  return Object.fromEntries(readKeys(`${label}.${key}`, entries, keys, checking, false))
}

function readValue(label: string, { node, line }: Entry, definition: KeyDefinition, checking: Checking): unknown {
  const complain = (problem: string, at = line): void =>
    checking.mistakes.add(at, `${label}.${definition.key}`, problem)
  const complainOfNothing = (): void =>
    checking.mistakes.addMissing(line, `${label}.${definition.key}`, 'has no value: give it one, or take the key out')
  if (node.kind === 'unusable') {
    complain(node.problem)
    return undefined
  }
  if (node.kind === 'empty' && node.isTilde && definition.kind.isPath) {
    complain("is a lone ~, which means nothing in YAML: write '~' in quotes")
    return undefined
  }
  if (node.kind === 'empty' || (node.kind === 'scalar' && node.text === '')) {
    if (definition.needsValue) complainOfNothing()
    return undefined
  }
  const reading = definition.kind.read(node, checking.resolvePath)
  if (isRefused(reading)) {
    for (const { advice, line: at = line } of reading.refusals)
      complain(`must be ${definition.kind.form}${advice === undefined ? '' : `; ${advice}`}`, at)
    return undefined
  }
  if (definition.needsValue && Array.isArray(reading.value) && reading.value.length === 0) complainOfNothing()
  return reading.value
}

/** The value of a key that is not ours. It is a mistake, unless it may belong to a plugin and looks like no slip of ours. */
function readUnknown(
  label: string,
  { key, line, node }: Entry,
  known: readonly Definition[],
  { mistakes }: Checking,
  hasPlugins: boolean,
): unknown {
  const keys = known.map((definition) => definition.key)
  if (hasPlugins && suggestion(key, keys, key.length < 8 ? 1 : 2) === undefined) {
    if (node.kind !== 'unusable') return node.plain()
    mistakes.add(line, isPresentable(key) ? `${label}.${key}` : label, node.problem)
    return undefined
  }
  if (!isPresentable(key)) {
    mistakes.add(line, label, 'has an entry whose key is no name; a key is followed by a colon and a space')
    return undefined
  }
  const other = otherNames.get(key.toLowerCase())
  const meant = other !== undefined && keys.includes(other) ? other : suggestion(key, keys)
  mistakes.add(line, `${label}.${key}`, `is not a known key${meant === undefined ? '' : `; did you mean ${meant}?`}`)
  return undefined
}
