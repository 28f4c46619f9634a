import { describe, expect, it } from '@jest/globals'
import {
  BakthatError,
  errorCodes,
  exitCodeOf,
  exitCodes,
  givenList,
  hasSystemCode,
  isBakthatError,
  messageOf,
  systemCodeOf,
  unavailableOf,
} from '@bakthat/errors'

describe('BakthatError', () => {
  it('carries its code, message, hint and cause', () => {
    const cause = new Error('ENOENT')
    const error = new BakthatError('NOT_FOUND', 'no backup named photos', { hint: 'list them', cause })
    expect(error).toMatchObject({ name: 'BakthatError', code: 'NOT_FOUND', hint: 'list them', cause })
    expect(error.message).toBe('no backup named photos')
  })

  it('is recognised by its brand and its code', () => {
    const error = new BakthatError('INTEGRITY', 'truncated')
    expect(isBakthatError(error)).toBe(true)
    expect(isBakthatError(error, 'NOT_FOUND', 'INTEGRITY')).toBe(true)
    expect(isBakthatError(error, 'NOT_FOUND')).toBe(false)
  })

  it('is recognised across two copies of the package', () => {
    const foreign = { [Symbol.for('@bakthat/errors/BakthatError')]: true, code: 'NO_SPACE' }
    expect(isBakthatError(foreign, 'NO_SPACE')).toBe(true)
  })

  it.each([new Error('x'), null, undefined, 'NOT_FOUND', { code: 'NOT_FOUND' }])(
    'does not take %p for one',
    (value) => {
      expect(isBakthatError(value)).toBe(false)
    },
  )

  it('has no cause when none was given', () => {
    expect('cause' in new BakthatError('NO_SPACE', 'disk full')).toBe(false)
  })
})

describe('the exit codes', () => {
  it('give every error code a documented status', () => {
    for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[]) {
      expect(Object.keys(exitCodes)).toContain(String(exitCodeOf(code)))
    }
  })

  it('tell the cases apart that a script must tell apart', () => {
    expect([
      exitCodeOf('INVALID_INPUT'),
      exitCodeOf('NOT_FOUND'),
      exitCodeOf('WRONG_KEY'),
      exitCodeOf('PENDING'),
    ]).toEqual([2, 4, 5, 75])
  })
})

describe('systemCodeOf', () => {
  const unnamed = (errno: number): Error =>
    Object.assign(new Error('write'), { errno, code: `Unknown system error ${errno}`, syscall: 'write' })

  it.each([
    [-122, 'EDQUOT'],
    [-116, 'ESTALE'],
  ])('names the error %d, for which Node on Linux has no name', (errno, name) => {
    expect(systemCodeOf(unnamed(errno))).toBe(process.platform === 'linux' ? name : expect.any(String))
  })

  it('gives any other code as it is, and none where there is none', () => {
    expect(systemCodeOf(Object.assign(new Error('gone'), { code: 'ENOENT', errno: -2 }))).toBe('ENOENT')
    expect(systemCodeOf(unnamed(-99_999))).toBe('Unknown system error -99999')
    for (const none of [new Error('x'), { code: 5 }, 'ENOENT', null, undefined])
      expect(systemCodeOf(none)).toBeUndefined()
  })
})

describe('hasSystemCode', () => {
  it('finds the code among those that are asked for', () => {
    const error = Object.assign(new Error('gone'), { code: 'ENOENT' })
    expect([hasSystemCode(error, 'EACCES', 'ENOENT'), hasSystemCode(error, 'EACCES')]).toEqual([true, false])
  })

  it('finds none where there is none', () => {
    expect(hasSystemCode(undefined, 'ENOENT', 'undefined')).toBe(false)
  })
})

describe('messageOf', () => {
  it.each([
    [new Error('no route'), 'no route'],
    [{ message: 'no route' }, 'no route'],
    ['no route', 'no route'],
    [null, 'null'],
    [undefined, 'undefined'],
  ])('gives the words of what was thrown: %p', (thrown, words) => {
    expect(messageOf(thrown)).toBe(words)
  })
})

describe('givenList', () => {
  it('gives a list, or an empty one', () => {
    expect([givenList('tags', ['a']), givenList('tags', undefined)]).toEqual([['a'], []])
  })

  it.each(['*.tmp', null, 5, { 0: 'a' }])('refuses %p', (given) => {
    expect(() => givenList('exclude', given as unknown as readonly string[])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: 'exclude is not a list', hint: expect.any(String) }),
    )
  })
})

describe('unavailableOf', () => {
  it.each(['EIO', 'ESTALE', 'EMFILE', 'ENFILE'])('tells of %s on what, and what to do', (code) => {
    const cause = Object.assign(new Error('read'), { code })
    const told = unavailableOf(cause, 'the configuration a.yml')
    expect(told).toMatchObject({ code: 'UNAVAILABLE', hint: expect.any(String), cause })
    expect(told?.message).toMatch(/^the configuration a.yml /)
  })

  it.each([Object.assign(new Error('gone'), { code: 'ENOENT' }), new Error('x'), null, undefined])(
    'has nothing to say of %p',
    (error) => {
      expect(unavailableOf(error, 'a.yml')).toBeUndefined()
    },
  )
})
