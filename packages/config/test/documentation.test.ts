import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { configurationKeys } from '@bakthat/config'
import { load } from './place.js'

const document = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
const fences = [...document.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1]!)
const rows = document
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, key]) => key?.startsWith('`'))

describe('docs/configuration.md', () => {
  it('has a row for every key, in the order and words of configurationKeys, and for nothing else', () => {
    expect(rows.map(([, key, form, description]) => ({ key, form, description }))).toEqual(
      configurationKeys.map(({ name, form, description }) => ({ key: `\`${name}\``, form, description })),
    )
  })

  it('has examples', () => {
    expect(fences.length).toBeGreaterThan(4)
  })

  it.each(fences)('has an example that loads, with every profile in it:\n%s', async (text) => {
    const profiles = [...text.matchAll(/^(\w+):/gm)].map((match) => match[1]!)
    expect(profiles.length).toBeGreaterThan(0)
    for (const profile of profiles)
      await expect(load(text, { profile })).resolves.toMatchObject({ profile, notices: [] })
  })
})

describe('configurationKeys', () => {
  it('has each key once, described in one line that is no sentence', () => {
    expect(new Set(configurationKeys.map(({ name }) => name)).size).toBe(configurationKeys.length)
    for (const { form, description } of configurationKeys) {
      expect(form).toMatch(/^\S.*\S$/)
      expect(description).toMatch(/^\S.{8,78}[^.\s]$/)
    }
  })

  it('knows what must not be shown', () => {
    expect(configurationKeys.filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual([
      'access_key',
      'secret_key',
      'session_token',
      'bakmanager_token',
    ])
  })
})
