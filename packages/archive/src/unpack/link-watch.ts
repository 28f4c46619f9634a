import { belowNoDirectory } from './tree-maker.js'

/** Knows the symbolic links of an archive that is only read, to find what no restore makes: entries below them. */
export class LinkWatch {
  readonly #links = new Set<string>()

  /** Throws `UNSAFE_ARCHIVE` for a path below a link. Of two entries of one path the later one counts. */
  add(path: string, isLink: boolean): void {
    if (this.#links.size > 0) {
      for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1))
        if (this.#links.has(path.slice(0, end))) throw belowNoDirectory(path)
      this.#links.delete(path)
    }
    if (isLink) this.#links.add(path)
  }
}
