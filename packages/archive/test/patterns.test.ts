import { createRequire } from 'node:module'
import { describe, expect, it, jest } from '@jest/globals'
import { createMatcher } from '@bakthat/archive'
import fc from 'fast-check'
import type ignoreOf from 'ignore'

const ignore = createRequire(import.meta.url)('ignore') as typeof ignoreOf

const name = fc
  .array(fc.constantFrom('a', 'b', '.', '.log', ' ', 'é', '-'), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(''))
  .filter((text) => !/^\.+$/.test(text))
const part = fc.constantFrom(
  'a',
  'b',
  '.',
  '.log',
  '/',
  '*',
  '**',
  '?',
  '[ab]',
  '[/',
  '\\',
  ' ',
  'é',
  '-',
  '#',
  '\ufeff',
  '\r',
)
const pattern = fc
  .tuple(fc.constantFrom('', '!', '/', '\\!', '#'), fc.array(part, { minLength: 1, maxLength: 5 }))
  .map(([start, parts]) => start + parts.join(''))

describe('very many patterns', () => {
  it('mean what the same mean one after the other', async () => {
    // Such as nothing here is called, and enough of them.
    const others = Array.from({ length: 100 }, (_, index) => `other-${index}`)
    const paths = fc.array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), fc.boolean()), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(fc.array(pattern, { maxLength: 8 }), paths, async (patterns, asked) => {
        const matches = await createMatcher([...others, ...patterns])
        const whole = ignore({ allowRelativePaths: true, ignorecase: false }).add([...others, ...patterns])
        for (const [names, isDirectory] of asked) {
          const path = names.join('/')
          expect([path, matches(Buffer.from(path).toString('latin1'), isDirectory)]).toEqual([
            path,
            whole.ignores(path + (isDirectory ? '/' : '')),
          ])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('are not all tried on every path', async () => {
    const kinds = (index: number): string =>
      [`name-${index}`, `/deep/name-${index}/`, `!*.kind${index}`, `x*.y${index}`][index % 4]!
    const matches = await createMatcher(Array.from({ length: 4000 }, (_, index) => kinds(index)))
    matches('elsewhere', false)
    const tried = jest.spyOn(RegExp.prototype, 'test')
    try {
      for (let index = 0; index < 100; index++) expect(matches(`deep/file-${index}.txt`, false)).toBe(false)
      expect(tried.mock.calls.length).toBeLessThan(1000)
      expect(matches('deep/name-4', false)).toBe(true)
      expect(matches('deep/name-5', true)).toBe(true)
      expect(matches('elsewhere/name-5', true)).toBe(false)
      expect(matches('deep/xx.y7', false)).toBe(true)
    } finally {
      tried.mockRestore()
    }
  })
})
