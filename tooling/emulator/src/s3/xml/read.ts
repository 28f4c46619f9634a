import { malformedXml } from '../failure.js'

export interface Element {
  readonly name: string
  /** Without the white space around it. */
  readonly text: string
  readonly children: readonly Element[]
}

interface OpenElement {
  readonly name: string
  text: string
  readonly children: OpenElement[]
}

/** Reads the small part of XML that S3's requests are written in. Throws `MalformedXML`. */
export function readXml(source: string): Element {
  const top: OpenElement = { name: '', text: '', children: [] }
  const open = [top]
  let at = 0
  for (const token of source
    .replace(/^\uFEFF/, '')
    .matchAll(/<\?[^>]*\?>|<!--[\s\S]*?-->|<(\/?)([\w:.-]+)((?:\s[^<>]*?)?)(\/?)>|[^<]+/g)) {
    if (token.index !== at) break
    at += token[0].length
    const [text, closing, name, , empty] = token
    if (name !== undefined) take(open, name, closing === '/', empty === '/')
    else if (!text.startsWith('<')) open.at(-1)!.text += unescaped(text)
  }
  const [root] = top.children
  if (at !== source.length || open.length !== 1 || top.children.length !== 1 || top.text.trim() !== '')
    throw malformedXml('not well-formed')
  return finished(root!)
}

function take(open: OpenElement[], name: string, isEnd: boolean, isEmpty: boolean): void {
  if (isEnd) {
    if (open.length === 1 || open.pop()!.name !== name) throw malformedXml(`</${name}> ends nothing`)
    return
  }
  const element: OpenElement = { name, text: '', children: [] }
  open.at(-1)!.children.push(element)
  if (!isEmpty) open.push(element)
}

function finished({ name, text, children }: OpenElement): Element {
  return {
    name: name.replace(/^.*:/, ''),
    text: children.length > 0 ? text.trim() : text,
    children: children.map(finished),
  }
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));?/gi, (_, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    const character = named[name!]
    if (character === undefined) throw malformedXml(`&${name!};`)
    return character
  })
}

/** The elements within one, by name, each at most once and none but the ones that are known. */
export function fields<Name extends string>(element: Element, known: readonly Name[]): Partial<Record<Name, Element>> {
  const found: Partial<Record<Name, Element>> = {}
  for (const child of element.children) {
    const name = known.find((one) => one === child.name)
    if (name === undefined) throw malformedXml(`${child.name} in ${element.name}`)
    if (found[name] !== undefined) throw malformedXml(`${name} twice`)
    found[name] = child
  }
  return found
}

/** The text of an element that has to be there. */
export function required(element: Element | undefined, name: string): string {
  if (element === undefined) throw malformedXml(`${name} is missing`)
  return element.text
}

/** The whole number that an element holds. */
export function integer(element: Element | undefined, name: string): number {
  const text = required(element, name)
  if (!/^\d+$/.test(text)) throw malformedXml(`${name} is no number`)
  return Number(text)
}
