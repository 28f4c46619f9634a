import { describe, expect, it } from '@jest/globals'
import { readText, repositoryFiles } from './support/repository.js'

// Written in pieces, so that this file does not find itself.
const forbidden: readonly (readonly [string, RegExp])[] = [
  ["a path of somebody's machine", new RegExp(['(?<![\\w.~-])/(work', 'root', 'Users)/\\w'].join('|'))],
  ['a temporary path of a session', new RegExp(['/tmp/', '(brief|bash_jobs)'].join(''))],
  ['a package registry', /https?:\/\/[^/\s'")]*(registry|artifactory|nexus|verdaccio|jfrog)[^/\s'")]*/i],
  [
    'how it was written, not what it is',
    new RegExp(['\\b(claude', 'anthropic', 'chatgpt', 'copilot|language model)\\b'].join('|'), 'i'),
  ],
  ['a note to oneself', new RegExp(`\\b(${['TO', 'DO|FIX', 'ME|XX', 'X'].join('')})\\b`)],
]

const files = repositoryFiles().filter(
  (path) => !/\.(age|beefish|enc|gz|tgz|tar|zst|sqlite|png|bin)$|\/fixtures\//.test(path),
)

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
