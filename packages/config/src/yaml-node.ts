import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type LineCounter, type ParsedNode } from 'yaml'
import type { Mistakes } from './mistakes.js'
import { isPresentable, type Entry, type Node, type Unusable } from './node.js'

/** More than any profile needs, and few enough that aliases of aliases cannot make a small file large. */
const mostAliases = 100

/** Plain values and collections; the rest are the names that the Python tool's library writes for text. */
const ordinaryTags = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|seq|map|python\/(?:str|unicode)))$/

type YamlNode = ParsedNode | Alias | null | undefined

/** Looks at the nodes of a YAML document as the checks do: aliases and merge keys resolved, text as it was written. */
export class YamlReader {
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  readonly #mistakes: Mistakes
  #aliases = 0

  constructor(document: Document.Parsed, lines: LineCounter, mistakes: Mistakes) {
    this.#document = document
    this.#lines = lines
    this.#mistakes = mistakes
  }

  read(node: YamlNode, line = this.#lineOf(node)): Node {
    if (node === null || node === undefined) return { kind: 'empty', isTilde: false, line, plain: () => undefined }
    if (isAlias(node)) return this.#readAlias(node, line)
    if (node.tag !== undefined && !ordinaryTags.test(node.tag))
      return unusable('has a tag (!) that means nothing here', line)
    const common = { line, plain: () => this.#plain(node, line) }
    if (isMap(node)) return { kind: 'mapping', entries: () => this.#entries(node), ...common }
    if (isSeq(node))
      return { kind: 'list', items: () => node.items.map((item) => this.read(item as YamlNode)), ...common }
    const text = node.source
    return node.value === null
      ? { kind: 'empty', isTilde: text === '~', ...common }
      : { kind: 'scalar', text, ...common }
  }

  #readAlias(alias: Alias, line: number | undefined): Node {
    this.#aliases += 1
    if (this.#aliases > mostAliases) return unusable(`is reached through more than ${mostAliases} aliases (*)`, line)
    const target = this.#document.contents === null ? undefined : alias.resolve(this.#document)
    if (target !== undefined) return this.read(target as ParsedNode, line)
    return unusable('is an alias (*) without its anchor (&); a value that begins with * goes in quotes', line)
  }

  /** The entries of a map: its own, the first of each key, and then what its merge keys bring in. */
  #entries(map: { readonly items: readonly { readonly key: unknown; readonly value: unknown }[] }): readonly Entry[] {
    const entries = new Map<string, Entry>()
    const merged: Node[] = []
    for (const pair of map.items) {
      const key = pair.key as YamlNode
      const value = pair.value as YamlNode
      const line = this.#lineOf(key) ?? this.#lineOf(value)
      const name = isScalar(key) ? key.source : ''
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN') merged.push(this.read(value, line))
      else this.#addEntry(entries, { key: name, line, node: this.read(value, this.#lineOf(value) ?? line) })
    }
    for (const source of merged) this.#merge(entries, source)
    return [...entries.values()]
  }

  #addEntry(entries: Map<string, Entry>, entry: Entry): void {
    const earlier = entries.get(entry.key)
    if (earlier === undefined) entries.set(entry.key, entry)
    else if (isPresentable(entry.key))
      this.#mistakes.add(entry.line, entry.key, `is given twice; the first is on line ${earlier.line ?? 0}`)
    else this.#mistakes.add(entry.line, 'a key', `is given twice; the first is on line ${earlier.line ?? 0}`)
  }

  #merge(entries: Map<string, Entry>, source: Node): void {
    const maps = source.kind === 'list' ? source.items() : [source]
    for (const map of maps) {
      if (map.kind === 'mapping') {
        for (const entry of map.entries()) if (!entries.has(entry.key)) entries.set(entry.key, entry)
      } else {
        const problem = map.kind === 'unusable' ? map.problem : 'must be followed by an alias (*) of a map'
        this.#mistakes.add(map.line ?? source.line, '<<', problem)
      }
    }
  }

  #plain(node: ParsedNode, line: number | undefined): unknown {
    try {
      return node.toJS(this.#document, { maxAliasCount: mostAliases })
    } catch {
      this.#mistakes.add(line, 'a value', 'has aliases (*) that cannot be followed')
      return undefined
    }
  }

  #lineOf(node: YamlNode): number | undefined {
    const offset = node?.range?.[0]
    return offset === undefined ? undefined : this.#lines.linePos(offset).line
  }
}

function unusable(problem: string, line: number | undefined): Unusable {
  return { kind: 'unusable', problem, line, plain: () => undefined }
}
