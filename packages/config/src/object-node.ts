import type { Entry, Node } from './node.js'

/** Looks at a value of JavaScript as the checks do. Lazily: what no check asks for is not walked. */
export function objectNode(value: unknown): Node {
  const common = { line: undefined, plain: () => value }
  if (value === undefined || value === null) return { kind: 'empty', isTilde: false, ...common }
  if (typeof value === 'string') return { kind: 'scalar', text: value, ...common }
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'scalar', text: undefined, ...common }
  if (Array.isArray(value)) return { kind: 'list', items: () => value.map(objectNode), ...common }
  if (typeof value === 'object') return { kind: 'mapping', entries: () => entriesOf(value), ...common }
  return { kind: 'unusable', problem: `cannot be a ${typeof value}`, ...common }
}

function entriesOf(value: object): readonly Entry[] {
  const given = Object.entries(value).filter(([, held]) => held !== undefined)
  return given.map(([key, held]) => ({ key, line: undefined, node: objectNode(held) }))
}
