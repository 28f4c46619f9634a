import type { Request } from '../http/exchange.js'
import type { Operation } from './call.js'
import { notImplemented, S3Failure } from './failure.js'
import { operations } from './operations/index.js'

/** What a request is about, by its address alone. Buckets are in the path, or in the name of the host. */
export interface Route {
  readonly bucketName: string
  readonly key: string
  readonly operation: Operation | undefined
}

export function routeOf(request: Request): Route {
  const { bucketName, key } = placeOf(request)
  const level = bucketName === '' ? 'service' : key === '' ? 'bucket' : 'object'
  const names = new Set(request.query.map(([name]) => name))
  const candidates = operations.filter(
    (operation) =>
      operation.method === request.method &&
      operation.level === level &&
      (operation.selectors ?? []).every((name) => names.has(name)) &&
      (operation.selectingHeader === undefined || request.headers[operation.selectingHeader] !== undefined),
  )
  const [operation] = candidates.sort((one, other) => weight(other) - weight(one))
  return { bucketName, key, operation }
}

function weight({ selectors = [], selectingHeader }: Operation): number {
  return selectors.length + (selectingHeader === undefined ? 0 : 10)
}

function placeOf({ path, headers }: Request): { readonly bucketName: string; readonly key: string } {
  const [, fromHost] = /^(.+)\.localhost(?::\d+)?$/.exec(headers.host ?? '') ?? []
  const inPath = decodeURIComponent(path.slice(1))
  if (fromHost !== undefined) return { bucketName: fromHost, key: inPath }
  const slash = inPath.indexOf('/')
  return slash === -1
    ? { bucketName: inPath, key: '' }
    : { bucketName: inPath.slice(0, slash), key: inPath.slice(slash + 1) }
}

/** Every request may have these. */
const ofAll = [
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expected-bucket-owner',
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
]

/** Headers that are not AWS's own and change what is done. */
const meaningful = ['content-range', 'if-match', 'if-modified-since', 'if-none-match', 'if-unmodified-since', 'range']

/** Throws on everything that the operation would not heed: nobody is to believe that it was. */
export function demandHeeded(
  operation: Operation,
  query: ReadonlyMap<string, string>,
  headers: Readonly<Record<string, string>>,
): void {
  const parameters = [...(operation.selectors ?? []), ...(operation.parameters ?? []), 'x-id']
  for (const name of query.keys()) {
    if (!parameters.includes(name) && !/^x-amz-/i.test(name))
      throw notImplemented(`the parameter ${name} of ${operation.name}`)
  }
  const heeded = [...ofAll, ...(operation.headers ?? []), operation.selectingHeader]
  const isHeeded = (name: string): boolean =>
    heeded.some((one) => one === name || (one?.endsWith('-') === true && name.startsWith(one)))
  for (const name of Object.keys(headers)) {
    if ((name.startsWith('x-amz-') || meaningful.includes(name)) && !isHeeded(name)) {
      throw notImplemented(`the header ${name} of ${operation.name}`)
    }
  }
}

/** The parameters of a request, of which none comes twice. */
export function parametersOf({ query }: Request): ReadonlyMap<string, string> {
  const parameters = new Map(query)
  if (parameters.size < query.length) throw new S3Failure('InvalidArgument', 'A query parameter comes twice')
  return parameters
}
