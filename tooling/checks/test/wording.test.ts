import { describe, expect, it } from '@jest/globals'
import { readText, repositoryFiles } from './support/repository.js'

const forbidden: readonly (readonly [string, RegExp])[] = [
  ["a path of somebody's machine", /(?<![\w.~-])\/(work|root|Users)\/\w/],
  ['the address of a package registry', /https?:\/\/[^/\s'")]*(registry|artifactory|nexus|verdaccio)[^/\s'")]*/i],
  ['how it came about, where it should say what it is', /\b(claude|chatgpt|language model|co-authored-by)\b/i],
  ['a note to oneself', /\b(TODO|FIXME|XXX)\b/],
]

const binary = /\.(age|beefish|bin|enc|gz|png|sqlite|tar|tgz|zst)$|\/fixtures\//
const files = repositoryFiles().filter((path) => !binary.test(path) && !path.endsWith('wording.test.ts'))

describe('no file of the repository holds', () => {
  it.each(forbidden)('%s', (_, pattern) => {
    const found = files.flatMap((path) =>
      readText(path)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 160)}`] : [])),
    )
    expect(found).toEqual([])
  })
})

it('the lock file names no addresses', () => {
  expect(readText('pnpm-lock.yaml').match(/https?:\/\/.*/g) ?? []).toEqual([])
})
