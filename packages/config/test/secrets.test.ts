import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { configurationKeys, loadSettings, type Conf } from '@bakthat/config'
import { isBakthatError } from '@bakthat/errors'
import fc from 'fast-check'
import { Place } from './place.js'

/** Pieces that no message holds by chance, with what YAML gives a meaning to before, between and after them. */
const pieces = ['Zq7x', 'Xw9z', 'Kj4q']
const punctuation = fc.stringMatching(/^[ :#&*!|>%@`"'\\[\]{},?~=<\t$/-]{0,3}$/)
const secret = fc
  .tuple(punctuation, punctuation, punctuation, punctuation)
  .map(([first, second, third, last]) => `${first}Zq7x${second}Xw9z${third}Kj4q${last}`)

const secretKeys = configurationKeys.filter(({ isSecret }) => isSecret).map(({ name }) => name)
const secretKey = fc.constantFrom(...secretKeys)
const mistake = fc.constantFrom('  tagz: a\n', '  compression: gzp\n', '\ttags: a\n', '  tags: "a\n', ' x\n', '')

/** A secret as people write it: rightly, wrongly, and where it does not belong. */
const forms: readonly ((key: string, value: string) => string)[] = [
  (key, value) => `  ${key}: ${value}\n`,
  (key, value) => `  ${key}: ${JSON.stringify(value)}\n`,
  (key, value) => `  ${key}:${value}\n`,
  (key, value) => `  ${key}=${value}\n`,
  (key, value) => `  ${key}: [${JSON.stringify(value)}]\n`,
  (key, value) => `  ${key}: {${JSON.stringify(value)}: 1}\n`,
  (key, value) => `  ${key}: |\n    ${value}\n    ${value}\n`,
  (key, value) => `  ${key}:\n    - ${value}\n`,
  (key, value) => `  ${key}: 'a\n    ${value}\n`,
  (key, value) => `  ${key}: *${value}\n`,
  (key, value) => `  ${key}: !${value} x\n`,
  (key, value) => `  ${key}: &${value} a b\n`,
  (key, value) => `  ${key}_: ${JSON.stringify(value)}\n`,
  (_, value) => `  compression: ${JSON.stringify(value)}\n`,
  (_, value) => `  password: ${JSON.stringify(value)}\n`,
  (_, value) => `  endpoint: ${JSON.stringify(`https://user:${value}@example.org`)}\n`,
  (_, value) => `  recipients: [${JSON.stringify(`AGE-SECRET-KEY-${value}`)}]\n`,
  (_, value) => `  tags: "a\n  secret_key: ${value}\n`,
]

async function toldOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error !== undefined && !isBakthatError(error)) throw error as Error
  return error === undefined ? '' : inspect(error, { depth: 4 })
}

function expectNoSecret(told: string): void {
  expect(pieces.filter((piece) => told.includes(piece))).toEqual([])
}

describe('no secret is ever told', () => {
  it('of a file, however it is written and whatever else is wrong', async () => {
    using place = new Place()
    const anything = fc.record({
      key: secretKey,
      value: secret,
      form: fc.constantFrom(...forms),
      before: mistake,
      after: mistake,
    })
    let failures = 0
    await fc.assert(
      fc.asyncProperty(anything, async ({ key, value, form, before, after }) => {
        place.write(`default:\n  s3_bucket: b\n${before}${form(key, value)}${after}`)
        const told = await toldOf(place.load())
        if (told !== '') failures += 1
        expectNoSecret(told)
      }),
      { numRuns: 600 },
    )
    expect(failures).toBeGreaterThan(200)
  })

  it('of a file that has keys outside of any profile', async () => {
    using place = new Place()
    await fc.assert(
      fc.asyncProperty(secretKey, secret, fc.constantFrom(': ', ':', ' '), async (key, value, separator) => {
        place.write(`${key}${separator}${value}\n`)
        const told = await toldOf(place.load())
        expect(told).not.toBe('')
        expectNoSecret(told)
      }),
      { numRuns: 150 },
    )
  })

  it('of an object, whatever stands in the place of a value', async () => {
    const held = secret.chain((value) =>
      fc.constantFrom<unknown>(value, [value], { [value]: value }, [[value]], () => value),
    )
    const keys = fc.constantFrom(...configurationKeys.map(({ name }) => name.replace(/\..*/, '')), 'password')
    await fc.assert(
      fc.asyncProperty(keys, held, async (key, value) => {
        expectNoSecret(await toldOf(loadSettings({ conf: { [key]: value, unknown: true } as Conf })))
      }),
      { numRuns: 500 },
    )
  })

  it('in a notice', async () => {
    using place = new Place()
    await fc.assert(
      fc.asyncProperty(secretKey, secret, async (key, value) => {
        const other = '  plugins: [a.B]\n  smtp_password: Zq7x\n'
        place.write(`default:\n  ${key}: ${JSON.stringify(value)}\n${other}`, 'open.yml', 0o644)
        const told: unknown = await place.load({ file: place.in('open.yml') }).then(
          ({ notices }) => notices,
          (error: unknown) => error,
        )
        expectNoSecret(inspect(told, { depth: 10 }))
      }),
      { numRuns: 100 },
    )
  })
})
