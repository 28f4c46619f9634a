import type { Request } from '../../http/exchange.js'

/** Headers by lower-case name, each one value; UTF-8 where bytes are. */
export type Headers = Readonly<Record<string, string>>

/** The headers of a request. A signed URL may have those of AWS's own in its query instead. */
export function headersOf({ headers, query }: Request): Headers {
  const own = Object.entries(headers).map(([name, value]) => [name, utf8(String(value))] as const)
  const inQuery = query.filter(([name]) => name.startsWith('x-amz-'))
  return Object.fromEntries<string>([...own, ...inQuery])
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
