/** A last segment, without wildcards or escapes: no other name can be meant. */
const literal = /^!?(?:.*\/)?([\p{L}\p{N}_.\-@~=,%]+)\/?$/u

/** A last segment that ends like that, whatever comes before. */
const extension = /(\.[\p{L}\p{N}_\-]+)\/?$/u

/** So few are tried as soon as they are looked up. */
const few = 50

/** With more of them always to be tried than one of so many, looking the others up is not worth it. */
const oneOf = 8

/**
 * Which of very many patterns can mean a path at all. By its end, which is a name or an extension, each is looked up, where to
 * try all of them on every path would take hours for a large tree. The others, whose ends have wildcards, are always tried.
 */
export class Candidates {
  readonly #patterns: readonly string[]
  readonly #marks: readonly (string | undefined)[]
  readonly #known: ReadonlySet<string | undefined>
  readonly #areMany: boolean
  #above = { path: '', marks: [] as readonly string[] }

  constructor(patterns: readonly string[]) {
    this.#patterns = patterns
    // The library takes off a mark of the order of bytes, but only before the first.
    this.#marks = patterns.map((pattern, index) => (index === 0 ? undefined : markOf(pattern)))
    this.#known = new Set(this.#marks)
    const always = this.#marks.filter((mark) => mark === undefined).length
    this.#areMany = patterns.length > few && always * oneOf <= patterns.length
  }

  /** The marks of patterns that a path, or a directory above it, has. */
  marksIn(path: string): readonly string[] {
    if (!this.#areMany) return []
    const start = path.lastIndexOf('/') + 1
    const above = path.slice(0, start)
    if (above !== this.#above.path)
      this.#above = { path: above, marks: above.split('/').flatMap((name) => this.#marksOf(name)) }
    const own = this.#marksOf(path.slice(start))
    return own.length === 0 ? this.#above.marks : [...this.#above.marks, ...own]
  }

  /** The patterns that have one of the marks, or none, in their order: of two that contradict each other the last counts. */
  having(marks: readonly string[]): string[] {
    return this.#patterns.filter((_, index) => {
      const mark = this.#marks[index]
      return !this.#areMany || mark === undefined || marks.includes(mark)
    })
  }

  #marksOf(name: string): string[] {
    const dot = name.lastIndexOf('.')
    return [`/${name}`, ...(dot === -1 ? [] : [name.slice(dot)])].filter((mark) => this.#known.has(mark))
  }
}

/** What whatever the pattern means must have: a name after a slash, or an extension with its dot. */
function markOf(pattern: string): string | undefined {
  const name = literal.exec(pattern)?.[1]
  return name === undefined ? extension.exec(pattern)?.[1] : `/${name}`
}
