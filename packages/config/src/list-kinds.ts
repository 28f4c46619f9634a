import type { List, Node } from './node.js'
import type { PathResolver } from './paths.js'
import { mismatch, path, text } from './scalar-kinds.js'
import { accept, isRefusal, refuse, type Reading, type ValueKind } from './value-kind.js'

interface ListForm {
  readonly form: string
  /** What each item must be. */
  readonly item: ValueKind
  /** How text falls into several items. Default: it is one. */
  readonly split?: (text: string) => readonly string[]
}

/** A list, or text that stands for one. */
function listOf({ form, item, split = (value) => [value] }: ListForm): ValueKind {
  const readItem = (node: Node, resolvePath: PathResolver): Reading[] =>
    node.kind === 'scalar' && node.text !== undefined
      ? split(node.text).map((part) => (part === '' ? refuse(empty) : item.read({ ...node, text: part }, resolvePath)))
      : [node.kind === 'empty' ? refuse(empty) : item.read(node, resolvePath)]
  return {
    form,
    isPath: item.isPath,
    read(node, resolvePath) {
      if (node.kind === 'list') return gather(node, (member) => readItem(member, resolvePath))
      if (node.kind !== 'scalar') return refuse(mismatch(node))
      const readings = readItem(node, resolvePath)
      return readings.find(isRefusal) ?? accept(readings.map(({ value }) => value))
    },
  }
}

const empty = 'it holds an empty item'

function gather(list: List, read: (member: Node) => readonly Reading[]): Reading {
  const values: unknown[] = []
  for (const member of list.items()) {
    const readings = read(member)
    const refusal = readings.find(isRefusal)
    if (refusal !== undefined) return refuse(refusal.advice, member.line)
    values.push(...readings.map(({ value }) => value))
  }
  return accept(values)
}

const parts = (separator: RegExp) => (value: string) => value.split(separator).filter((part) => part !== '')

/** Words; text is split on spaces. */
export const words: ValueKind = listOf({
  form: 'words with spaces between them, or a list of words',
  item: text,
  split: parts(/\s+/),
})

/** Names, each on its own. */
export const names: ValueKind = listOf({ form: 'a name, or a list of names', item: text })

/** Lines; a block of text has one on each. */
export const lines: ValueKind = listOf({ form: 'a pattern, or a list of patterns', item: text, split: parts(/\r?\n/) })

export const paths: ValueKind = listOf({
  form: "a file's path, or a list of paths",
  item: {
    ...path,
    read: (node, resolvePath) =>
      node.kind === 'scalar' && isIdentity(node.text)
        ? refuse('it holds an identity itself, which belongs into a file of its own')
        : path.read(node, resolvePath),
  },
})

/** age recipients; the check is for what people mistake for one, the rest shows when they are used. */
export const recipients: ValueKind = listOf({
  form: 'an age recipient (age1…), or a list of them',
  split: parts(/\s+/),
  item: {
    ...text,
    read(node) {
      if (node.kind !== 'scalar' || node.text === undefined) return refuse(mismatch(node))
      if (isIdentity(node.text)) return refuse('it holds an identity, which is secret and does not belong here')
      return /^age1[a-z0-9]+$/i.test(node.text) ? accept(node.text) : refuse()
    },
  },
})

function isIdentity(value: string | undefined): boolean {
  return value !== undefined && /^\s*AGE-(?:SECRET-KEY|PLUGIN)-/i.test(value)
}

/** A command: its words, or one text for the shell. It stays what it is: which of the two decides how it is run. */
export const command: ValueKind = {
  form: 'a command for the shell, or a list of words',
  isPath: false,
  read(node, resolvePath) {
    if (node.kind === 'scalar' && node.text !== undefined && !node.text.includes('\0')) return accept(node.text.trim())
    if (node.kind !== 'list') return refuse(mismatch(node))
    return gather(node, (member) => (member.kind === 'empty' ? [refuse(empty)] : [text.read(member, resolvePath)]))
  },
}
