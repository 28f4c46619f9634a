import { didYouMean } from '@bakthat/errors'
import type { Node } from './node.js'
import { accept, refuse, type Reading, type ValueKind } from './value-kind.js'

/** A kind of value that is written as one piece of text. */
export function textKind(form: string, parse: (text: string) => Reading): ValueKind {
  return { form, isPath: false, read: (node) => (isText(node) ? parse(node.text) : refuse(mismatch(node))) }
}

function isText(node: Node): node is Node & { kind: 'scalar'; text: string } {
  return node.kind === 'scalar' && node.text !== undefined
}

/** Why what stands there cannot be text, where the form that is asked for does not say so. */
export function mismatch(node: Node): string | undefined {
  if (node.kind === 'unusable') return `it ${node.problem}`
  if (node.kind === 'list') return 'it is a list'
  return node.kind === 'mapping' ? 'it is a map' : undefined
}

/** One line of text. */
export const text: ValueKind = textKind('text on one line', (value) =>
  /\p{Cc}/u.test(value) ? refuse() : accept(value),
)

/** Text that holds no space: what a service calls its things, and its keys. */
export const word: ValueKind = textKind('text without spaces', (value) =>
  /[\s\p{Cc}]/u.test(value) ? refuse() : accept(value),
)

/** A path, made absolute. */
export const path: ValueKind = {
  form: 'a path',
  isPath: true,
  read(node, resolvePath) {
    if (!isText(node)) return refuse(mismatch(node))
    if (/\p{Cc}/u.test(node.text)) return refuse('it holds a control character')
    if (/^~[^/]/.test(node.text)) return refuse('only your own home can be written with ~')
    return accept(resolvePath(node.text))
  },
}

/** A switch. YAML 1.1, and with it the Python tool, knows more names for on and off than YAML 1.2 does. */
export const yesOrNo: ValueKind = {
  form: 'true or false',
  isPath: false,
  read(node) {
    if (node.kind !== 'scalar') return refuse(mismatch(node))
    if (node.text === undefined) return typeof node.plain() === 'boolean' ? accept(node.plain()) : refuse()
    if (/^(?:true|yes|on)$/i.test(node.text)) return accept(true)
    return /^(?:false|no|off)$/i.test(node.text) ? accept(false) : refuse()
  },
}

/** A whole number in decimal digits. A leading zero would mean octal in YAML 1.1 and nothing in YAML 1.2. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): ValueKind {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  return {
    form: `a whole number ${range}`,
    isPath: false,
    read(node) {
      if (node.kind !== 'scalar') return refuse(mismatch(node))
      const value = node.text === undefined ? node.plain() : digits(node.text)
      if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return accept(value)
      return refuse(/^0\d/.test(node.text ?? '') ? 'write it without the leading zero' : undefined)
    },
  }
}

function digits(value: string): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(value) ? Number(value) : undefined
}

/** One of a few names, in any case; the value is in the case given here. */
export function choice(...names: readonly string[]): ValueKind {
  const form = `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`
  return textKind(form, (value) => {
    const chosen = names.find((name) => name.toLowerCase() === value.toLowerCase())
    return chosen === undefined ? refuse(didYouMean(value, names)) : accept(chosen)
  })
}
