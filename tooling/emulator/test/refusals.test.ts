import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

import { describe, expect, it } from '@jest/globals'
import { minute, testCredential, type S3Server } from '@bakthat/emulator/s3'
import { canonicalRequest } from '@bakthat/emulator/signature/canonical'
import { requestToSign, scopeText, sign, signingKey } from '@bakthat/emulator/signature/signing'

import { failure, started, tampering } from './support/client.js'

const object = { Bucket: 'plain', Key: 'x' }

type Headers = Record<string, string>

/** The change of a request, after it was signed, in its headers alone. */
const changing = (change: Headers) => (request: { headers: Headers }) => {
  Object.assign(request.headers, change)
}

describe('a request is refused that', () => {
  it('is signed by nobody, with another secret or another token', async () => {
    const { server, client } = await started({
      credentials: [
        testCredential,
        {
          ...testCredential,
          accessKeyId: 'AKIATEMPORARY',
          sessionToken: 'token',
          expires: new Date(Date.now() + 10 * minute),
        },
      ],
    })
    const as = (change: Headers) => client({ credentials: { ...testCredential, ...change } }).listBuckets({})
    expect(await failure(as({ accessKeyId: 'AKIANOBODY' }))).toBe('InvalidAccessKeyId 403')
    expect(await failure(as({ secretAccessKey: 'other' }))).toBe('SignatureDoesNotMatch 403')
    expect(await failure(as({ sessionToken: 'token' }))).toBe('InvalidToken 400')
    const temporary = { accessKeyId: 'AKIATEMPORARY', sessionToken: 'token' }
    expect(await failure(as({ ...temporary, sessionToken: 'other' }))).toBe('InvalidToken 400')
    expect(await failure(as(temporary))).toBe('no failure')
    server.wallClock.advance(11 * minute)
    expect(await failure(as(temporary))).toBe('ExpiredToken 400')
    expect((await fetch(server.endpoint)).status).toBe(400)
    expect((await fetch(server.endpoint, { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })).status).toBe(403)
  })

  it('was changed on the way', async () => {
    const { client } = await started()
    const put = (tamper: Parameters<typeof tampering>[1]) =>
      failure(tampering(client(), tamper).putObject({ ...object, Body: 'hello', Metadata: { a: 'b' } }))
    expect(await put(changing({ 'x-amz-meta-a': 'c' }))).toBe('SignatureDoesNotMatch 403')
    expect(await put(changing({ 'x-amz-meta-more': 'c' }))).toBe('AccessDenied 403')
    expect(await put((request) => (request.path += 'y'))).toBe('SignatureDoesNotMatch 403')
    expect(await put((request) => (request.body = Buffer.from('hullo')))).toBe('XAmzContentSHA256Mismatch 400')
  })

  it('has a clock that is more than a quarter of an hour off', async () => {
    const { server, client } = await started()
    const off = (minutes: number) => failure(client({ systemClockOffset: minutes * minute }).listBuckets({}))
    expect(await off(14)).toBe('no failure')
    expect(await off(-16)).toBe('RequestTimeTooSkewed 403')
    expect(await off(16)).toBe('RequestTimeTooSkewed 403')
    server.wallClock.advance(20 * minute)
    expect(await off(0)).toBe('RequestTimeTooSkewed 403')
    expect(await off(20)).toBe('no failure')
  })

  it.each([
    ['ContentMD5', 'XrY7u+Ae7tCTyyK7j1rNww==', 'BadDigest 400'],
    ['ContentMD5', 'no digest', 'InvalidDigest 400'],
    ['ChecksumCRC32', 'AAAAAA==', 'BadDigest 400'],
    ['ChecksumCRC32C', 'AAAAAA==', 'BadDigest 400'],
    ['ChecksumCRC64NVME', 'AAAAAAAAAAA=', 'BadDigest 400'],
    ['ChecksumSHA1', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'BadDigest 400'],
    ['ChecksumSHA256', 'AAAA', 'InvalidRequest 400'],
  ])('says %s %s of something else', async (name, value, expected) => {
    const { s3 } = await started()
    expect(await failure(s3.putObject({ ...object, Body: 'hello', [name]: value }))).toBe(expected)
    expect(await failure(s3.headObject(object))).toBe('NotFound 404')
  })

  it('has two checksums, or announces one that does not come', async () => {
    const { client } = await started()
    const s3 = client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
    const both = { ChecksumCRC32: 'NhCmhg==', ChecksumSHA1: 'qvTGHdzF6KLavt4PO0gs2a6pQ00=' }
    expect(await failure(s3.putObject({ ...object, Body: 'hello', ...both }))).toBe('InvalidRequest 400')
    s3.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: Headers }).headers, { 'x-amz-sdk-checksum-algorithm': 'CRC32' })
        return next(args)
      },
      { step: 'build' },
    )
    expect(await failure(s3.putObject({ ...object, Body: 'hello' }))).toBe('InvalidRequest 400')
  })

  it('has a trailing checksum of something else', async () => {
    const { s3, client } = await started()
    const stream = () => ({ ...object, Body: Readable.from([Buffer.alloc(70_000, 1)]), ContentLength: 70_000 })
    expect(await failure(s3.putObject(stream()))).toBe('no failure')
    const damaging = tampering(client(), (request) => {
      request.body = Readable.from(flipped(request.body as AsyncIterable<Uint8Array>))
    })
    expect(await failure(damaging.putObject(stream()))).toBe('BadDigest 400')
  })
})

/** The same bytes, but one of the data. */
async function* flipped(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isDone = false
  for await (const chunk of body) {
    const copy = Buffer.from(chunk)
    const at = copy.indexOf(1)
    if (!isDone && at >= 0 && copy.length > 100) {
      copy[copy.length >> 1]! ^= 2
      isDone = true
    }
    yield copy
  }
}

describe('a conditional write', () => {
  it.each([
    ['another has finished first', 'put', 412],
    ['another was there and is deleted again', 'put and delete', 409],
    ['nobody else writes', 'nothing', 200],
  ])('whose body is still to come when %s', async (_, meanwhile, expected) => {
    const { server, s3 } = await started()
    const slow = await beginPut(server, object)
    if (meanwhile.includes('put')) await s3.putObject({ ...object, Body: 'theirs' })
    if (meanwhile.includes('delete')) await s3.deleteObject(object)
    expect(await slow.finish('hello')).toBe(expected)
  })
})

/** Begins a PUT with `If-None-Match: *` of five bytes, and waits until the server has it. */
async function beginPut(server: S3Server, { Bucket, Key }: { Bucket: string; Key: string }) {
  const target = `/${Bucket}/${Key}`
  const timestamp = server.wallClock
    .now()
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')
  const scope = { date: timestamp.slice(0, 8), region: server.region, service: 's3' }
  const headers: Headers = {
    host: new URL(server.endpoint).host,
    'if-none-match': '*',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': timestamp,
  }
  const signedHeaders = Object.keys(headers)
  const payloadHash = 'UNSIGNED-PAYLOAD'
  const canonical = canonicalRequest({
    method: 'PUT',
    path: target,
    query: [],
    headers,
    signedHeaders,
    payloadHash,
    encodesPathOnce: true,
  })
  const key = signingKey(testCredential.secretAccessKey, scope)
  const signature = sign(key, requestToSign(timestamp, scope, canonical))
  const credential = `${testCredential.accessKeyId}/${scopeText(scope)}`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
  const request = httpRequest(server.endpoint + target, {
    method: 'PUT',
    headers: { ...headers, authorization, 'content-length': '5', expect: '100-continue' },
  })
  const response = once(request, 'response') as Promise<[IncomingMessage]>
  request.flushHeaders()
  await once(request, 'continue')
  return {
    async finish(body: string): Promise<number | undefined> {
      request.end(body)
      const [message] = await response
      return message.resume().statusCode
    },
  }
}
