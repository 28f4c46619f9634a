import { describe, expect, it } from '@jest/globals'
import { credentialsOf, given, serverOf, textOf } from '@bakthat/aws'

const refusal = (hint: string): object => ({ code: 'INVALID_CONFIG', hint: expect.stringContaining(hint) })

const failureOf = (act: () => unknown): unknown => {
  try {
    return act()
  } catch (error) {
    return error
  }
}

describe('a profile', () => {
  it('has both keys, with or without a session, or none', () => {
    const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret' }
    const profile = { access_key: 'AKIA', secret_key: 'secret' }
    expect(credentialsOf(profile)).toEqual(keys)
    expect(credentialsOf({ ...profile, session_token: 'token' })).toEqual({ ...keys, sessionToken: 'token' })
    expect(credentialsOf({})).toBeUndefined()
  })

  it.each([
    [{ access_key: 'AKIA' }, 'secret_key'],
    [{ secret_key: 'secret' }, 'access_key'],
  ])('with %j alone is refused, without a word of what it is', (profile, missing) => {
    const failure = failureOf(() => credentialsOf(profile))
    expect(failure).toMatchObject({ ...refusal('neither'), message: `${missing} is missing` })
  })

  it.each([[7], [''], [null], [['a']]])('has no text in %j', (value) => {
    expect(failureOf(() => textOf({ vault: value }, 'vault'))).toMatchObject(refusal('set vault to a text'))
  })

  it.each(['s3.example.org', 'ftp://s3.example.org', 'https://me:secret@s3.example.org', 'https://'])(
    'has no server in %s',
    (endpoint) => {
      const failure = failureOf(() => serverOf({ endpoint }, 'endpoint', 'https://s3.example.org'))
      expect(failure).toMatchObject(refusal('https://s3.example.org'))
      expect(String(failure)).not.toContain('secret')
    },
  )

  it('says nothing of what it does not say', () => {
    const options = given<{ readonly a?: number; readonly b?: string }>({ a: 1, b: undefined })
    expect(Object.entries(options)).toEqual([['a', 1]])
  })
})
