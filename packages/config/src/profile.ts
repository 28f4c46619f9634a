import { suggestion } from '@bakthat/errors'
import type { Conf } from './contract.js'
import { definitions, otherNames, type Definition, type GroupDefinition, type KeyDefinition } from './definitions.js'
import type { Mistakes } from './mistakes.js'
import { isPresentable, type Entry, type Mapping, type Node } from './node.js'
import type { PathResolver } from './paths.js'
import { checkTogether } from './profile-rules.js'
import { isRefused } from './value-kind.js'

/** Where a profile is checked. */
export interface Checking {
  readonly mistakes: Mistakes
  readonly resolvePath: PathResolver
}

/** The map that is being read: a profile, or a group of keys in one. */
export interface Level extends Checking {
  /** What its keys are called by in messages: `default.rotation`. */
  readonly label: string
  readonly known: readonly Definition[]
  /** Whether keys that are not known may be a plugin's. */
  readonly isOpen: boolean
}

/** The profile that a map describes. Everything that is wrong with it goes to `mistakes`, and is left out. */
export function readProfile(label: string, mapping: Mapping, checking: Checking): Conf {
  const entries = mapping.entries()
  const isOpen = entries.some(({ key, node }) => key === 'plugins' && node.kind !== 'empty')
  const conf = readKeys(entries, { ...checking, label, known: definitions, isOpen }) as Conf
  const lines = new Map(entries.map(({ key, line }) => [key, line]))
  checkTogether(conf, (key, problem) => checking.mistakes.add(lines.get(key), `${label}.${key}`, problem))
  return conf
}

function readKeys(entries: readonly Entry[], level: Level): object {
  const values = entries.map((entry) => [entry.key, readEntry(entry, level)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

function readEntry(entry: Entry, level: Level): unknown {
  const definition = level.known.find(({ key }) => key === entry.key)
  if (definition === undefined) return readUnknown(entry, level)
  return 'keys' in definition ? readGroup(entry, definition, level) : readKey(entry, definition, level)
}

/** The map of a group of keys; `undefined` for none. */
export function readGroup({ node, line }: Entry, { key, keys }: GroupDefinition, level: Level): unknown {
  if (node.kind === 'empty') return undefined
  const label = level.label === '' ? key : `${level.label}.${key}`
  if (node.kind !== 'mapping') {
    const problem = `must be a map of ${keys.map((inner) => inner.key).join(', ')}`
    level.mistakes.add(line, label, node.kind === 'unusable' ? node.problem : problem)
    return undefined
  }
  const entries = node.entries()
  const given = new Set(entries.flatMap((entry) => (entry.node.kind === 'empty' ? [] : [entry.key])))
  const missing = keys.filter((inner) => inner.isRequired && !given.has(inner.key)).map((inner) => inner.key)
  if (missing.length > 0) level.mistakes.addMissing(line, label, `needs ${missing.join(' and ')}`)
  return readKeys(entries, { ...level, label, known: keys, isOpen: false })
}

function readKey({ node, line }: Entry, definition: KeyDefinition, { label, mistakes, resolvePath }: Level): unknown {
  const name = `${label}.${definition.key}`
  const problem = problemOf(node, definition)
  if (problem !== undefined) {
    mistakes.add(line, name, problem)
    return undefined
  }
  const reading = isNothing(node) ? undefined : definition.kind.read(node, resolvePath)
  if (reading !== undefined && isRefused(reading)) {
    for (const { advice, line: at = line } of reading.refusals)
      mistakes.add(at, name, `must be ${definition.kind.form}${advice === undefined ? '' : `; ${advice}`}`)
    return undefined
  }
  const value = reading?.value
  if (definition.needsValue && (value === undefined || (Array.isArray(value) && value.length === 0)))
    mistakes.addMissing(line, name, 'has no value: give it one, or take the key out')
  return value
}

/** What is wrong with a value whatever its form should be. */
function problemOf(node: Node, { kind }: KeyDefinition): string | undefined {
  if (node.kind === 'unusable') return node.problem
  if (node.kind === 'empty' && node.isTilde && kind.isPath)
    return "is a lone ~, which means nothing in YAML: write '~' in quotes"
  return undefined
}

function isNothing(node: Node): boolean {
  return node.kind === 'empty' || (node.kind === 'scalar' && node.text === '')
}

/** The value of a key that is not ours. It is a mistake, unless it may belong to a plugin and looks like no slip of ours. */
function readUnknown({ key, line, node }: Entry, { label, known, isOpen, mistakes }: Level): unknown {
  const keys = known.map((definition) => definition.key)
  const isLikeOurs = otherNames.has(key.toLowerCase()) || suggestion(key.toLowerCase(), keys) !== undefined
  const name = isPresentable(key) || (isLikeOurs && key.length < 30) ? `${label}.${key}` : label
  if (isOpen && suggestion(key, keys, key.length < 8 ? 1 : 2) === undefined) {
    if (node.kind !== 'unusable') return node.plain()
    mistakes.add(line, name, node.problem)
  } else if (name === label) {
    mistakes.add(line, name, 'has an entry whose key is no name; a key is followed by a colon and a space')
  } else {
    const other = otherNames.get(key.toLowerCase())
    const meant = other !== undefined && keys.includes(other) ? other : suggestion(key, keys)
    mistakes.add(line, name, `is not a known key${meant === undefined ? '' : `; did you mean ${meant}?`}`)
  }
  return undefined
}
