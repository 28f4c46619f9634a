/** Decoded names and values, in the order of the address. */
export type Query = readonly (readonly [name: string, value: string])[]

/** Percent-encodes all but the unreserved characters of RFC 3986, as signatures have it. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Splits an address into its path, still encoded, and its query. Throws a `URIError` where either is not UTF-8. */
export function parseTarget(target: string): { readonly path: string; readonly query: Query } {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  decodeURIComponent(path)
  const pairs = mark === -1 ? [] : target.slice(mark + 1).split('&')
  return { path, query: pairs.filter((pair) => pair !== '').map(parsePair) }
}

function parsePair(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=')
  const [name, value] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
  return [decode(name), decode(value)]
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
