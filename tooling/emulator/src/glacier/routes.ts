import type { Request } from '../http/exchange.js'

/** What a request asks for, and of what. */
export interface Route {
  /** As the API calls it: `UploadArchive`. */
  readonly operation: string
  readonly account: string
  readonly vault?: string
  /** The archive, upload or job. */
  readonly id?: string
}

/** Methods and the paths below an account, as https://docs.aws.amazon.com/amazonglacier/latest/dev/amazon-glacier-api.html lists them. */
const routes: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ['GET', /^\/policies\/data-retrieval$/, 'GetDataRetrievalPolicy'],
  ['GET', /^\/vaults$/, 'ListVaults'],
  ['PUT', /^\/vaults\/([^/]+)$/, 'CreateVault'],
  ['GET', /^\/vaults\/([^/]+)$/, 'DescribeVault'],
  ['DELETE', /^\/vaults\/([^/]+)$/, 'DeleteVault'],
  ['GET', /^\/vaults\/([^/]+)\/lock-policy$/, 'GetVaultLock'],
  ['POST', /^\/vaults\/([^/]+)\/archives$/, 'UploadArchive'],
  ['DELETE', /^\/vaults\/([^/]+)\/archives\/([^/]+)$/, 'DeleteArchive'],
  ['POST', /^\/vaults\/([^/]+)\/multipart-uploads$/, 'InitiateMultipartUpload'],
  ['GET', /^\/vaults\/([^/]+)\/multipart-uploads$/, 'ListMultipartUploads'],
  ['PUT', /^\/vaults\/([^/]+)\/multipart-uploads\/([^/]+)$/, 'UploadMultipartPart'],
  ['GET', /^\/vaults\/([^/]+)\/multipart-uploads\/([^/]+)$/, 'ListParts'],
  ['POST', /^\/vaults\/([^/]+)\/multipart-uploads\/([^/]+)$/, 'CompleteMultipartUpload'],
  ['DELETE', /^\/vaults\/([^/]+)\/multipart-uploads\/([^/]+)$/, 'AbortMultipartUpload'],
  ['POST', /^\/vaults\/([^/]+)\/jobs$/, 'InitiateJob'],
  ['GET', /^\/vaults\/([^/]+)\/jobs$/, 'ListJobs'],
  ['GET', /^\/vaults\/([^/]+)\/jobs\/([^/]+)$/, 'DescribeJob'],
  ['GET', /^\/vaults\/([^/]+)\/jobs\/([^/]+)\/output$/, 'GetJobOutput'],
]

/** What is asked for; `undefined` where Glacier, or as much of it as is emulated here, has no such operation. */
export function routeOf({ method, path }: Pick<Request, 'method' | 'path'>): Route | undefined {
  const [, account, rest] = /^\/([^/]+)(\/.*)$/.exec(path) ?? []
  if (account === undefined || rest === undefined) return undefined
  for (const [itsMethod, form, operation] of routes) {
    const [found, vault, id] = form.exec(rest) ?? []
    if (method !== itsMethod || found === undefined) continue
    return {
      operation,
      account,
      ...(vault === undefined ? {} : { vault: decodeURIComponent(vault) }),
      ...(id === undefined ? {} : { id: decodeURIComponent(id) }),
    }
  }
  return undefined
}
