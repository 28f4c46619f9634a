import { Readable } from 'node:stream'

import { describe, expect, it } from '@jest/globals'
import { parseTarget } from '@bakthat/emulator/http/uri'
import { emptySha256, sha256Hex } from '@bakthat/emulator/signature/signing'
import { verifySignature } from '@bakthat/emulator/signature/verify'

/** The examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, all for one moment. */
const credential = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const now = new Date('2013-05-24T00:00:00Z')
const host = 'examplebucket.s3.amazonaws.com'
const put = sha256Hex('Welcome to Amazon S3.')

const published = [
  [
    'GET of a range',
    'GET',
    '/test.txt',
    { range: 'bytes=0-9' },
    emptySha256,
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'PUT',
    'PUT',
    '/test%24file.text',
    { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    put,
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'GET of a subresource',
    'GET',
    '/?lifecycle',
    {},
    emptySha256,
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'GET with parameters',
    'GET',
    '/?prefix=J&max-keys=2',
    {},
    emptySha256,
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
] as const

type Headers = Readonly<Record<string, string>>

function signed(method: string, target: string, more: Headers, payloadHash: string, signature: string) {
  const unsigned: Headers = { host, ...more, 'x-amz-content-sha256': payloadHash, 'x-amz-date': '20130524T000000Z' }
  const names = Object.keys(unsigned).sort().join(';')
  const scope = `${credential.accessKeyId}/20130524/us-east-1/s3/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${names},Signature=${signature}`
  const headers: Headers = { ...unsigned, authorization }
  return { id: '1', method, headers, body: Readable.from([]), ...parseTarget(target) }
}

function verify(request: ReturnType<typeof signed>, at = now, payloadHash = request.headers['x-amz-content-sha256']!) {
  const service = { credentials: [credential], regions: ['us-east-1'], service: 's3' }
  return verifySignature(request, { ...service, now: at, payloadHash })
}

describe('a signature in the header', () => {
  it.each(published)('is taken as AWS published it: %s', (_, method, target, headers, payloadHash, signature) => {
    expect(verify(signed(method, target, headers, payloadHash, signature))).toMatchObject({ credential, signature })
  })

  const good = (change: Partial<ReturnType<typeof signed>> = {}) => {
    const [, method, target, headers, payloadHash, signature] = published[1]
    return { ...signed(method, target, headers, payloadHash, signature), ...change }
  }
  const withHeaders = (change: Headers) => good({ headers: { ...good().headers, ...change } })

  it.each([
    ['mismatch', 'another method', good({ method: 'POST' })],
    ['mismatch', 'another path', good({ path: '/test%24file.texu' })],
    ['mismatch', 'a parameter more', good({ query: [['acl', '']] })],
    ['mismatch', 'another value of a signed header', withHeaders({ 'x-amz-storage-class': 'STANDARD' })],
    ['mismatch', 'another body', withHeaders({ 'x-amz-content-sha256': emptySha256 })],
    ['unsigned headers', 'a header of AWS that is not signed', withHeaders({ 'x-amz-acl': 'private' })],
    ['malformed', 'no date', withHeaders({ 'x-amz-date': '' })],
    ['malformed', 'nonsense', withHeaders({ authorization: 'AWS4-HMAC-SHA256 yes' })],
    ['wrong token', 'a token of nobody', withHeaders({ 'x-amz-security-token': 'x' })],
  ])('is refused as %s with %s', (problem, _, request) => {
    expect(() => verify(request)).toThrow(expect.objectContaining({ problem }))
  })

  it.each([
    [15, 'taken'],
    [-15, 'taken'],
    [15.02, 'skewed'],
    [-15.02, 'skewed'],
  ])('from a clock that is %d minutes behind is %s', (minutes, outcome) => {
    const attempt = (): unknown => verify(good(), new Date(now.getTime() + minutes * 60_000))
    if (outcome === 'taken') expect(attempt()).toBeDefined()
    else expect(attempt).toThrow(expect.objectContaining({ problem: outcome }))
  })
})

describe('a signed URL', () => {
  /** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
  const target = `/test.txt?${[
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request',
    'X-Amz-Date=20130524T000000Z',
    'X-Amz-Expires=86400',
    'X-Amz-SignedHeaders=host',
    'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  ].join('&')}`
  const request = { id: '1', method: 'GET', headers: { host }, body: Readable.from([]), ...parseTarget(target) }
  const atSecond = (seconds: number) => () =>
    verify(request, new Date(now.getTime() + seconds * 1000), 'UNSIGNED-PAYLOAD')

  it('is taken as AWS published it, for as long as it says', () => {
    expect(atSecond(0)()).toBeDefined()
    expect(atSecond(86_400)()).toBeDefined()
    expect(atSecond(86_401)).toThrow(expect.objectContaining({ problem: 'expired' }))
  })

  it('is refused before its time, and for longer than a week', () => {
    expect(atSecond(-901)).toThrow(expect.objectContaining({ problem: 'skewed' }))
    const forever = { ...request, ...parseTarget(target.replace('86400', '604801')) }
    expect(() => verify(forever, now, 'UNSIGNED-PAYLOAD')).toThrow(expect.objectContaining({ problem: 'malformed' }))
  })
})
