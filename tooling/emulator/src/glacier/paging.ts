import type { Answer } from '../http/exchange.js'
import type { Query } from '../http/uri.js'
import { invalid } from './failure.js'

/** What of a list one request is answered: `limit` of the items, from where `marker` says. Markers are of no use elsewhere. */
export function page<T>(
  items: readonly T[],
  query: Query,
  most: number,
): { readonly items: readonly T[]; readonly marker: string | null } {
  const limit = Number(valueOf(query, 'limit') ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > most) throw invalid(`Invalid limit: ${limit}`)
  const marker = valueOf(query, 'marker')
  const start = marker === undefined ? 0 : Number(/^from-(\d+)$/.exec(marker)?.[1] ?? NaN)
  if (Number.isNaN(start)) throw invalid(`Invalid marker: ${marker}`)
  const end = start + limit
  return { items: items.slice(start, end), marker: end < items.length ? `from-${end}` : null }
}

export function valueOf(query: Query, name: string): string | undefined {
  return query.find(([one]) => one === name)?.[1]
}

export function paged(marker: string | null, document: object): Answer {
  return json(200, { ...document, Marker: marker })
}

export function json(status: number, document: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(document) }
}
