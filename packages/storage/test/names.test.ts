import { describe, expect, it } from '@jest/globals'
import { checkBlobName, compareNames, locatorOfName, nameOfLocator } from '@bakthat/storage'
import fc from 'fast-check'

const segment = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((text) => text.replaceAll(/[/\0]/g, '_'))
  .filter((text) => text !== '.' && text !== '..' && Buffer.byteLength(text) <= 255)
const blobName = fc
  .array(segment, { minLength: 1, maxLength: 8 })
  .map((segments) => segments.join('/'))
  .filter((name) => Buffer.byteLength(name) <= 900)

describe('checkBlobName', () => {
  it('takes every name that keeps the rule', () => {
    fc.assert(
      fc.property(blobName, (name) => {
        checkBlobName(name)
      }),
    )
  })

  it.each(['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/..', './a', 'a\0b', 'a\ud800', '\udc00a', 'x'.repeat(256)])(
    'refuses %j and quotes it',
    (name) => {
      expect(() => {
        checkBlobName(name)
      }).toThrow(
        expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining('cannot be named') }),
      )
    },
  )

  it('counts bytes and not letters', () => {
    const name = (count: number): string => Array.from({ length: count }, () => 'é').join('/')
    checkBlobName(name(300))
    expect(() => {
      checkBlobName(name(301))
    }).toThrow('longer than 900 bytes')
    checkBlobName('é'.repeat(127))
    expect(() => {
      checkBlobName('é'.repeat(128))
    }).toThrow('longer than 255 bytes')
  })
})

describe('locatorOfName', () => {
  it('gives printable words that tell the name again', () => {
    fc.assert(
      fc.property(fc.oneof(blobName, fc.constantFrom('%', '%41', 'a\nb', '\u2028', '\ue000', '\u{e0001}')), (name) => {
        const locator = locatorOfName(name)
        expect(locator).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,4096}$/u)
        expect(nameOfLocator(locator)).toBe(name)
      }),
    )
  })

  it('leaves an ordinary name as it is', () => {
    expect(locatorOfName('.bakthat/manifests/Fotos 2013 (é).tgz')).toBe('.bakthat/manifests/Fotos 2013 (é).tgz')
  })

  it('fits the limit for the longest name that needs escaping', () => {
    const name = Array.from({ length: 9 }, () => '%'.repeat(99)).join('/')
    expect(locatorOfName(name).length).toBeLessThanOrEqual(4096)
  })

  it.each(['%', '%zz', '%ff', '..%2f..', '%00', ''])('does not take %j for a locator', (locator) => {
    expect(() => nameOfLocator(locator)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})

describe('compareNames', () => {
  it('orders as the bytes do, not as JavaScript does', () => {
    expect(['🗄', '\uffee', 'b', 'B', 'a/b', 'a-b', 'a'].sort(compareNames)).toEqual([
      'B',
      'a',
      'a-b',
      'a/b',
      'b',
      '\uffee',
      '🗄',
    ])
  })
})
