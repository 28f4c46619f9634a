import { compareKeys } from './store/bucket.js'

/** What a listing is asked for. */
export interface PageWanted {
  readonly prefix: string
  readonly delimiter: string
  /** Everything up to here was seen: a key, or a common prefix with everything in it. */
  readonly after: string
  readonly limit: number
}

export interface Page {
  /** Keys, and prefixes that stand for all keys that begin with them, in order. */
  readonly items: readonly Item[]
  readonly isTruncated: boolean
}

export interface Item {
  readonly name: string
  readonly isPrefix: boolean
}

/** A page of sorted keys, those that agree up to the delimiter rolled up into one. */
export function pageOf(keys: readonly string[], { prefix, delimiter, after, limit }: PageWanted): Page {
  const items: Item[] = []
  const start = firstAfter(keys, after < prefix ? prefix : after, after >= prefix && after !== '')
  for (let index = start; index < keys.length; index += 1) {
    const key = keys[index]!
    if (!key.startsWith(prefix)) {
      if (compareKeys(key, prefix) > 0) break
      continue
    }
    const item = rolledUp(key, prefix, delimiter)
    if (item.isPrefix && (item.name === items.at(-1)?.name || compareKeys(item.name, after) <= 0)) continue
    if (items.length === limit) return { items, isTruncated: limit > 0 }
    items.push(item)
  }
  return { items, isTruncated: false }
}

function rolledUp(key: string, prefix: string, delimiter: string): Item {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
  return at === -1 ? { name: key, isPrefix: false } : { name: key.slice(0, at + delimiter.length), isPrefix: true }
}

/** The index of the first key at or, if `beyond`, after a name. */
function firstAfter(keys: readonly string[], name: string, beyond: boolean): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    const order = compareKeys(keys[middle]!, name)
    if (order < 0 || (beyond && order === 0)) low = middle + 1
    else high = middle
  }
  return low
}
