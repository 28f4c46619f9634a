import type { Node } from './node.js'
import type { PathResolver } from './paths.js'
import { mismatch, path, text } from './scalar-kinds.js'
import { accept, isRefused, refuse, type Reading, type ValueKind } from './value-kind.js'

interface ListForm {
  readonly form: string
  /** What each item must be. */
  readonly item: ValueKind
  /** How text falls into several items. Default: it is one. */
  readonly split?: (text: string) => readonly string[]
}

/** A list, or text that stands for one. */
function listOf({ form, item, split = (value) => [value] }: ListForm): ValueKind {
  const readMember = (member: Node, resolvePath: PathResolver): readonly Reading[] =>
    member.kind === 'scalar' && member.text !== undefined
      ? split(member.text).map((part) => readItem(item, { ...member, text: part }, resolvePath))
      : [readItem(item, member, resolvePath)]
  return {
    form,
    isPath: item.isPath,
    read(node, resolvePath) {
      if (node.kind === 'list') return gather(node.items(), (member) => readMember(member, resolvePath))
      return node.kind === 'scalar' ? gather([node], () => readMember(node, resolvePath)) : refuse(mismatch(node))
    },
  }
}

function readItem(kind: ValueKind, node: Node, resolvePath: PathResolver): Reading {
  const isEmpty = node.kind === 'empty' || (node.kind === 'scalar' && node.text === '')
  return isEmpty ? refuse('it holds an empty item') : kind.read(node, resolvePath)
}

/** The values of all members, or everything that is wrong with any. */
function gather(members: readonly Node[], read: (member: Node) => readonly Reading[]): Reading {
  const readings = members.flatMap((member) => read(member).map((reading) => ({ reading, line: member.line })))
  const refusals = readings.flatMap(({ reading, line }) =>
    isRefused(reading) ? reading.refusals.map((refusal) => ({ line, ...refusal })) : [],
  )
  return refusals.length > 0 ? { refusals } : accept(readings.map(({ reading }) => reading.value))
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
        ? refuse('it holds an identity itself, which belongs in a file of its own')
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
    return gather(node.items(), (member) => [readItem(text, member, resolvePath)])
  },
}
