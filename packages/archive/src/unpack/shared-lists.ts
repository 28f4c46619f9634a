/** Bytes of different lists in all. */
const mostBytes = 4 << 20

/** The access control lists of directories, which are kept to the end: mostly the same few. A hostile archive has others. */
export class SharedLists {
  readonly #lists = new Map<string, Buffer>()
  #bytes = 0

  /** The same list, kept once; `undefined` where there are too many. */
  share(list: Buffer): Buffer | undefined {
    const key = list.toString('latin1')
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    if (this.#bytes + list.length > mostBytes) return undefined
    this.#bytes += list.length
    this.#lists.set(key, list)
    return list
  }
}
