import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'

import type { S3Options } from '@bakthat/s3'

/** What goes wrong with one request. */
export type Fault =
  /** Answers with an error and does nothing. */
  | { readonly status: number; readonly code: string }
  /** Does it, and answers 200 with an error in the body, as S3 may once it has begun to answer. */
  | { readonly errorIn200: string }
  /** Closes the connection: before anything is done, or instead of the answer. */
  | 'refuse'
  | 'lose answer'
  /** Never answers. */
  | 'stall'
  /** Sends so many bytes of the body, then closes the connection or falls silent. */
  | { readonly cutAfter: number }
  | { readonly stallAfter: number }
  /** Keeps other bytes than came. */
  | 'damage'

export interface Asked {
  readonly method: string
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
}

export interface StoredObject {
  body: Buffer
  etag: string
  nonce: string
  storageClass: string
  crc32: string | undefined
  restore?: string
}

interface Upload {
  readonly key: string
  readonly nonce: string
  readonly storageClass: string
  readonly parts: Map<number, Buffer>
}

interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

/**
 * One bucket on a server of our own, held to the documented rules of S3 for what the tests need of it: conditions,
 * CRC32 checksums, parts of 5 MiB at least, cold storage classes. It does what moto cannot be told to do: fail.
 */
export class FakeS3 implements AsyncDisposable {
  readonly objects = new Map<string, StoredObject>()
  readonly uploads = new Map<string, Upload>()
  /** Every request, as `PUT key?partNumber=1`. */
  readonly log: string[] = []
  /** Asked for every request: what goes wrong with it. */
  faults: (asked: Asked, times: number) => Fault | undefined = () => undefined
  /** Whether `If-None-Match` is heeded, ignored or not known. */
  conditions: 'heeded' | 'ignored' | 'unknown' = 'heeded'
  readonly options: S3Options
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    const { port } = server.address() as AddressInfo
    this.options = {
      bucket: 'fake',
      endpoint: `http://127.0.0.1:${port}`,
      provider: 'aws',
      pathStyle: true,
      credentials: { accessKeyId: 'AKIDFAKE', secretAccessKey: 'not-to-be-seen' },
      pause: () => Promise.resolve(),
      client: { retryStrategy: impatient(10) },
    }
  }

  static async start(): Promise<FakeS3> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const fake = new FakeS3(server)
    server.on('request', (request, response) => void fake.#serve(request, response))
    return fake
  }

  /** Every thaw that was asked for is done. */
  thaw(): void {
    for (const object of this.objects.values()) {
      if (object.restore === ongoing) object.restore = thawed
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake')
    const key = decodeURIComponent(url.pathname).replace(/^\/fake\/?/, '')
    const asked = { method: request.method ?? '', key, query: url.searchParams, headers: request.headers }
    const line = lineOf(asked)
    this.log.push(line)
    const fault = this.faults(asked, this.log.filter((one) => one === line).length)
    if (fault === 'refuse') return void request.socket.destroy()
    const body = await bodyOf(request).catch(() => undefined)
    if (fault === 'stall' || body === undefined) return
    const answer = this.#answer(asked, body, fault)
    if (fault === 'lose answer') return void request.socket.destroy()
    send(response, asked.method, answer, fault)
  }

  #answer(asked: Asked, body: Buffer, fault: Fault | undefined): Answer {
    try {
      if (typeof fault === 'object' && 'status' in fault) throw new Refusal(fault.status, fault.code)
      const answer = this.#act(asked, body)
      const object = this.objects.get(asked.key)
      if (fault === 'damage' && object !== undefined) object.body = object.body.subarray(1)
      if (typeof fault === 'object' && 'errorIn200' in fault)
        return { status: 200, body: errorDocument(fault.errorIn200) }
      return answer
    } catch (error) {
      const { status, code } = error as Refusal
      return { status, body: errorDocument(code) }
    }
  }

  #act(asked: Asked, body: Buffer): Answer {
    const { method, key, query } = asked
    if (key === '') return query.has('uploads') ? this.#listUploads() : this.#list(query)
    if (method === 'POST' && query.has('uploads')) return this.#begin(asked)
    if (method === 'POST' && query.has('restore')) return this.#restore(key)
    if (method === 'POST') return this.#complete(asked)
    if (method === 'PUT' && query.has('uploadId')) return this.#putPart(asked, body)
    if (method === 'PUT') return this.#put(asked, body)
    if (method === 'DELETE') {
      if (query.has('uploadId')) this.uploads.delete(query.get('uploadId')!)
      else this.objects.delete(key)
      return { status: 204 }
    }
    return this.#get(asked)
  }

  #put({ key, headers }: Asked, body: Buffer): Answer {
    this.#check(key, headers)
    checkCrc32(body, headers)
    return this.#keep(key, body, String(headers['x-amz-meta-bakthat-upload']), classOf(headers), headers)
  }

  #keep(key: string, body: Buffer, nonce: string, storageClass: string, headers: Asked['headers']): Answer {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`
    const checksum = headers['x-amz-checksum-crc32']
    this.objects.set(key, {
      body,
      etag,
      nonce,
      storageClass,
      crc32: checksum === undefined ? undefined : String(checksum),
    })
    return {
      status: 200,
      headers: { etag },
      body: `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`,
    }
  }

  #check(key: string, headers: Asked['headers']): void {
    if (headers['if-match'] !== undefined) {
      if (headers['if-match'] !== this.#object(key).etag) throw new Refusal(412, 'PreconditionFailed')
      return
    }
    if (headers['if-none-match'] === undefined || this.conditions === 'ignored') return
    if (this.conditions === 'unknown') throw new Refusal(501, 'NotImplemented')
    if (this.objects.has(key)) throw new Refusal(412, 'PreconditionFailed')
  }

  #begin({ key, headers }: Asked): Answer {
    const id = randomUUID()
    const nonce = String(headers['x-amz-meta-bakthat-upload'])
    this.uploads.set(id, { key, nonce, storageClass: classOf(headers), parts: new Map() })
    return {
      status: 200,
      body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    }
  }

  #putPart({ query, headers }: Asked, body: Buffer): Answer {
    checkCrc32(body, headers)
    this.#upload(query).parts.set(Number(query.get('partNumber')), body)
    return { status: 200, headers: { etag: '"part"' } }
  }

  #complete({ key, query, headers }: Asked): Answer {
    const { parts, nonce, storageClass } = this.#upload(query)
    this.#check(key, headers)
    const bodies = [...parts].sort(([one], [other]) => one - other).map(([, body]) => body)
    if (bodies.slice(0, -1).some(({ length }) => length < 5 * 1024 ** 2)) throw new Refusal(400, 'EntityTooSmall')
    const body = Buffer.concat(bodies)
    checkCrc32(body, headers)
    this.uploads.delete(query.get('uploadId')!)
    return this.#keep(key, body, nonce, storageClass, headers)
  }

  #upload(query: URLSearchParams): Upload {
    const upload = this.uploads.get(query.get('uploadId')!)
    if (upload === undefined) throw new Refusal(404, 'NoSuchUpload')
    return upload
  }

  #object(key: string): StoredObject {
    const object = this.objects.get(key)
    if (object === undefined) throw new Refusal(404, 'NoSuchKey')
    return object
  }

  #restore(key: string): Answer {
    const object = this.#object(key)
    if (object.restore === ongoing) throw new Refusal(409, 'RestoreAlreadyInProgress')
    object.restore = ongoing
    return { status: 202 }
  }

  #get({ method, key, headers }: Asked): Answer {
    const { body, etag, nonce, storageClass, restore, crc32: checksum } = this.#object(key)
    const isCold = ['GLACIER', 'DEEP_ARCHIVE'].includes(storageClass)
    if (method === 'GET' && isCold && restore !== thawed) throw new Refusal(403, 'InvalidObjectState')
    if (headers['if-match'] !== undefined && headers['if-match'] !== etag) throw new Refusal(412, 'PreconditionFailed')
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
    const part = start === undefined ? body : body.subarray(Number(start), Number(end) + 1)
    return {
      status: start === undefined ? 200 : 206,
      headers: {
        etag,
        'content-length': String(part.length),
        'last-modified': new Date(0).toUTCString(),
        'x-amz-meta-bakthat-upload': nonce,
        ...(storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': storageClass }),
        ...(restore === undefined ? {} : { 'x-amz-restore': restore }),
        ...(checksum === undefined ? {} : { 'x-amz-checksum-crc32': checksum, 'x-amz-checksum-type': 'FULL_OBJECT' }),
      },
      body: part,
    }
  }

  /** Two to a page, so that every listing has several. */
  #list(query: URLSearchParams): Answer {
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? ''))
      .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    const start = Number(query.get('continuation-token') ?? 0)
    const contents = keys.slice(start, start + 2).map((key) => {
      const size = this.objects.get(key)!.body.length
      return `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${size}</Size></Contents>`
    })
    const more = start + 2 < keys.length ? `<NextContinuationToken>${start + 2}</NextContinuationToken>` : ''
    const page = `<IsTruncated>${more !== ''}</IsTruncated>${more}${contents.join('')}`
    return { status: 200, body: `<ListBucketResult>${page}</ListBucketResult>` }
  }

  #listUploads(): Answer {
    const uploads = [...this.uploads].map(
      ([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`,
    )
    return { status: 200, body: `<ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>` }
  }
}

export const ongoing = 'ongoing-request="true"'
const thawed = 'ongoing-request="false", expiry-date="Fri, 21 Dec 2035 00:00:00 GMT"'

/** Tries again at once, as no program should outside of tests. */
function impatient(attempts: number): NonNullable<NonNullable<S3Options['client']>['retryStrategy']> {
  const token = (count: number): { getRetryCount: () => number; getRetryDelay: () => number } => ({
    getRetryCount: () => count,
    getRetryDelay: () => 0,
  })
  return {
    acquireInitialRetryToken: () => Promise.resolve(token(0)),
    refreshRetryTokenForRetry: (last, { errorType }) =>
      errorType !== 'CLIENT_ERROR' && last.getRetryCount() < attempts - 1
        ? Promise.resolve(token(last.getRetryCount() + 1))
        : Promise.reject(new Error('no attempts left')),
    recordSuccess: () => undefined,
  }
}

function lineOf({ method, key, query }: Asked): string {
  const shown = [...query].filter(([name]) => !['x-id', 'uploadId'].includes(name))
  if (query.has('uploadId') && !query.has('partNumber')) shown.push(['upload', ''])
  return `${method} ${key}${shown.length === 0 ? '' : `?${shown.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&')}`}`
}

function classOf(headers: Asked['headers']): string {
  return String(headers['x-amz-storage-class'] ?? 'STANDARD')
}

function checkCrc32(body: Buffer, headers: Asked['headers']): void {
  const expected = headers['x-amz-checksum-crc32']
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  if (expected !== undefined && expected !== checksum.toString('base64')) throw new Refusal(400, 'BadDigest')
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function errorDocument(code: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as scripted</Message></Error>`
}

function send(response: ServerResponse, method: string, answer: Answer, fault: Fault | undefined): void {
  const { status, headers = {}, body = '' } = answer
  response.writeHead(status, headers)
  if (method === 'HEAD') return void response.end()
  if (typeof fault === 'object' && 'cutAfter' in fault) {
    response.write(Buffer.from(body).subarray(0, fault.cutAfter), () => response.destroy())
  } else if (typeof fault === 'object' && 'stallAfter' in fault) {
    response.write(Buffer.from(body).subarray(0, fault.stallAfter))
  } else response.end(body)
}
