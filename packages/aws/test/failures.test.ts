import { inspect } from 'node:util'

import { describe, expect, it } from '@jest/globals'
import { FailureTranslation, foreignMessageOf, foreignNameOf, refusesEverything } from '@bakthat/aws'
import { BakthatError, isBakthatError } from '@bakthat/errors'

const failures = new FailureTranslation({
  meanings: {
    NoSuchQueue: ['NOT_FOUND', 'is not there', 'make it'],
    InternalError: ['UNAVAILABLE', 'has trouble'],
    AccessDenied: ['PERMISSION_DENIED', 'may not be accessed'],
  },
  wordOfStatus: (status) => (status === 404 ? 'NoSuchQueue' : status >= 500 ? 'InternalError' : undefined),
  meaningOfSentence: (name, message) =>
    name === 'Invalid' && message.includes('hash') ? ['INTEGRITY', 'arrived damaged'] : undefined,
})

const foreign = (fields: object, message = 'said so'): Error => Object.assign(new Error(message), fields)
const answered = (httpStatusCode: number, name = 'Unknown'): Error => foreign({ name, $metadata: { httpStatusCode } })

describe('a failure', () => {
  it.each([
    ['by the word of the service', foreign({ name: 'NoSuchQueue' }), 'NOT_FOUND', 'is not there'],
    ['by a word of all services', foreign({ Code: 'ExpiredToken' }), 'PERMISSION_DENIED', 'have expired'],
    [
      'by a word for what all services know',
      foreign({ name: 'UnrecognizedClientException' }),
      'PERMISSION_DENIED',
      'access key',
    ],
    ['by a word of Node', foreign({ code: 'ECONNREFUSED' }), 'UNAVAILABLE', 'nothing answers there'],
    ['by the status of an answer without a word', answered(404), 'NOT_FOUND', 'is not there'],
    ['by the status of a server in trouble', answered(502), 'UNAVAILABLE', 'has trouble'],
    ['by the status of a proxy', answered(407), 'PERMISSION_DENIED', 'proxy wants a name'],
    ['by a sentence', foreign({ name: 'Invalid' }, 'the hash differs'), 'INTEGRITY', 'damaged'],
    [
      'of a region, which the SDK words',
      foreign({}, 'Region not accepted: region="a b" is not'),
      'INVALID_CONFIG',
      'region',
    ],
    ['as a refusal, in its word', answered(400, 'TooGreen'), 'INVALID_INPUT', 'was refused by the server: TooGreen'],
  ])('is explained %s', (_, error, code, words) => {
    const explained = failures.explained(error, 'queue jobs')
    expect(explained).toMatchObject({ code, message: expect.stringMatching(`^queue jobs .*${words}`) })
  })

  it('of single sign-on tells how to sign in again, and no other lack of keys does', () => {
    const hintOf = (message: string): unknown =>
      (failures.explained(foreign({ name: 'CredentialsProviderError' }, message), 'it') as BakthatError).hint
    expect(hintOf('has expired. To refresh this SSO session run aws sso login with the profile.')).toBe(
      'sign in again with aws sso login',
    )
    expect(hintOf('Could not load credentials from any providers')).toContain('set access_key')
  })

  it('of a permission tells which one is lacking, where the service does', () => {
    const refused = foreign(
      { name: 'AccessDenied' },
      'User: arn:aws:iam::1:user/x is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:1 because …',
    )
    expect(String(failures.explained(refused, 'queue jobs'))).toBe(
      'BakthatError: queue jobs may not be accessed: kms:GenerateDataKey is not allowed',
    )
    expect(String(failures.explained(foreign({ name: 'AccessDenied' }, 'Access Denied'), 'it'))).toMatch(/accessed$/)
  })

  it.each([
    ['of unknown keys', { name: 'InvalidAccessKeyId' }, true],
    ['of a proxy, which Node words', { code: 'ProxyForbidden' }, true],
    ['of one request', { name: 'AccessDenied' }, false],
    ['to find something', { name: 'NoSuchQueue' }, false],
  ])('%s is one of everything, or not', (_, fields, expected) => {
    expect(refusesEverything(failures.explained(foreign(fields), 'it'))).toBe(expected)
  })

  it('that nobody foresaw, or that is explained already, stays as it is', () => {
    const [strange, known] = [new TypeError('x is not a function'), new BakthatError('COLD', 'is cold')]
    for (const one of [strange, known, undefined, 'text']) expect(failures.explained(one, 'it')).toBe(one)
  })

  it('keeps what was said, and none of the request', () => {
    const error = foreign({ name: 'NoSuchQueue', $request: { headers: { authorization: 'hunter2' } } })
    const explained = failures.explained(error, 'it')
    expect(isBakthatError(explained, 'NOT_FOUND')).toBe(true)
    expect([foreignNameOf(explained), foreignMessageOf(explained)]).toEqual(['NoSuchQueue', 'said so'])
    expect(inspect(explained, { depth: 9 })).not.toContain('hunter2')
  })
})
