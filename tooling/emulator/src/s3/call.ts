import type { Damage } from '../faults.js'
import type { Answer, Request } from '../http/exchange.js'
import { allows } from './access/policy.js'
import { claimsOf } from './body/claims.js'
import type { Headers } from './body/headers.js'
import type { Payload } from './body/payload.js'
import { smallBody } from './body/small-body.js'
import { readXml, type Element } from './xml/read.js'
import { malformedXml, S3Failure } from './failure.js'
import { account, type S3Credential, type S3State } from './state.js'
import { Bucket } from './store/bucket.js'

/** A request whose signature was taken, on its way to what it asks for. */
export interface Call {
  readonly state: S3State
  readonly request: Request
  readonly headers: Headers
  readonly query: ReadonlyMap<string, string>
  readonly bucketName: string
  readonly key: string
  readonly caller: S3Credential
  readonly payload: Payload
  readonly now: Date
  /** What becomes of what is stored, where that was scripted. */
  readonly damage: Damage | undefined
}

/** Something that can be asked for. */
export interface Operation {
  /** As the API calls it. */
  readonly name: string
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly level: 'service' | 'bucket' | 'object'
  /** Parameters that make it this operation and not another one: `uploads`. */
  readonly selectors?: readonly string[]
  /** A header that does the same. */
  readonly selectingHeader?: string
  /** Parameters beside the selectors that it heeds. */
  readonly parameters?: readonly string[]
  /** Headers that it heeds, beside those that every request has. One that ends in `-` stands for all that begin with it. */
  readonly headers?: readonly string[]
  /** The action of the least that one must be allowed to. */
  readonly action: string | ((call: Call) => readonly string[])
  readonly run: (call: Call) => Answer | Promise<Answer>
}

export function bucketOf({ state, bucketName }: Call): Bucket {
  const bucket = state.buckets.get(bucketName)
  if (bucket === undefined)
    throw new S3Failure('NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucketName })
  return bucket
}

/** Whether the caller may do something to the bucket, or to the key in it. */
export function may({ caller, bucketName, query, headers }: Call, action: string, key: string | undefined): boolean {
  if (caller.policy === undefined) return true
  const facts = {
    'aws:securetransport': 'false',
    's3:delimiter': query.get('delimiter'),
    's3:if-match': headers['if-match'],
    's3:if-none-match': headers['if-none-match'],
    's3:max-keys': query.get('max-keys'),
    's3:objectcreationoperation': String(!query.has('uploads') && !query.has('partNumber')),
    's3:object-lock-legal-hold': headers['x-amz-object-lock-legal-hold'],
    's3:object-lock-mode': headers['x-amz-object-lock-mode'],
    's3:prefix': query.get('prefix'),
    's3:versionid': query.get('versionId'),
    's3:x-amz-server-side-encryption': headers['x-amz-server-side-encryption'],
    's3:x-amz-storage-class': headers['x-amz-storage-class'],
  }
  const resource = `arn:aws:s3:::${bucketName}${key === undefined ? '' : `/${key}`}`
  return allows(caller.policy, { action, resource, facts })
}

/** Throws `AccessDenied` unless the caller may do it. */
export function demand(call: Call, action: string, key: string | undefined): void {
  if (may(call, action, key)) return
  const { caller, bucketName } = call
  const resource = `arn:aws:s3:::${bucketName}${key === undefined ? '' : `/${key}`}`
  throw new S3Failure(
    'AccessDenied',
    `User: arn:aws:iam::${account}:user/${caller.accessKeyId} is not authorized to perform: ${action} on resource: "${resource}" because no identity-based policy allows the ${action} action`,
  )
}

/** A number of the query within bounds. */
export function numberOf({ query }: Call, name: string, fallback: number, most: number): number {
  const text = query.get(name)
  if (text === undefined) return fallback
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1) {
    throw new S3Failure('InvalidArgument', `Provided ${name} not an integer or within integer range`, {
      ArgumentName: name,
      ArgumentValue: text,
    })
  }
  return Math.min(Number(text), most)
}

export function xmlAnswer(body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body }
}

/** The document that came, of this name. */
export async function documentOf(call: Call, name: string): Promise<Element> {
  const text = (await smallBody(call.headers, call.payload)).toString('utf8')
  if (text === '') throw new S3Failure('MissingRequestBodyError', 'Request Body is empty')
  const root = readXml(text)
  if (root.name !== name) throw malformedXml(`${root.name} where ${name} was expected`)
  return root
}

/** The same of a request that must come with a digest of its body, in `Content-MD5` or as a checksum. */
export async function verifiedDocumentOf(call: Call, name: string): Promise<Element> {
  const { md5, algorithm } = claimsOf(call.headers, call.payload)
  if (md5 !== undefined || algorithm !== undefined) return documentOf(call, name)
  throw new S3Failure('InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*')
}
