import assert from 'node:assert/strict'

import { isBakthatError } from '@bakthat/errors'

import { cases, type Case } from '../cases.js'
import { pattern, WatchedSource } from '../sources.js'
import { assertKeepable, rejects, sameBytes } from '../trial.js'

const long = 'é'.repeat(127)
const good: Readonly<Record<string, string>> = {
  'one letter': 'a',
  'a stored name': 'mydir.20130604191055.tar.zst.age',
  spaces: ' with  spaces ',
  'letters of many scripts': 'ünïcødé-日本語-🗄️',
  'combining characters': 'cafe\u0301',
  'a percent sign': '100%',
  'percent escapes': '%2e%2e%2fa%00%E9',
  'a plus sign': 'a+b',
  'marks of addresses': 'a#b?c=d&e;f:g@h',
  quotes: `it's "quoted" \`so\``,
  'a backslash': 'back\\slash',
  'marks of patterns': '*[a-z]?{x,y}',
  'marks of markup': '<a>&amp;</a>',
  'a leading dot': '.hidden',
  'many dots': '..a/...',
  'a leading dash': '-rf',
  'a tilde': '~/a',
  'a line feed and a tab': 'line\nfeed\ttab',
  'a deep path': 'a/b/c/d/e/f/g/h/i/j/k/l',
  'a segment of 255 bytes': `${long}x`,
  '900 bytes': `${long}x/${long}y/${long}z/${'w'.repeat(132)}`,
}

const bad: Readonly<Record<string, string>> = {
  nothing: '',
  'a slash alone': '/',
  'a leading slash': '/a',
  'a trailing slash': 'a/',
  'an empty segment': 'a//b',
  'a dot alone': '.',
  'two dots alone': '..',
  'a leading dot segment': './a',
  'a way out': '../outside',
  'a way up inside': 'a/../b',
  'a trailing way up': 'a/..',
  'a NUL': 'a\0b',
  'half of a character': 'a\ud83db',
  'a segment of 256 bytes': `${long}xy`,
  '901 bytes': `${long}x/${long}y/${long}z/${'w'.repeat(133)}`,
}

export const naming: readonly Case[] = cases((it) => {
  for (const [what, name] of Object.entries(good)) {
    it(`keeps a name as it is: ${what}`, async (trial) => {
      const content = pattern(100)
      const blob = await trial.put(name, content)
      assert.equal(blob.name, name)
      assertKeepable(blob.locator)
      assert.equal(trial.backend.locate(name), trial.capabilities.names ? blob.locator : undefined)
      assert.equal((await trial.stat(blob.locator)).name, name)
      const [listed, ...others] = await trial.list(name)
      assert.deepEqual([listed?.name, listed?.locator, others.length], [name, blob.locator, 0])
      sameBytes(await trial.read(blob.locator), content)
      await trial.backend.remove(blob.locator)
      assert.deepEqual(await trial.list(), [])
    })
  }

  for (const [what, name] of Object.entries(bad)) {
    it(`refuses a name: ${what}`, async (trial) => {
      const source = new WatchedSource([pattern(10)])
      await rejects(trial.backend.put(name, source), 'INVALID_INPUT')
      assert.equal(source.asked, 0, 'the source was read')
      assert.throws(
        () => trial.backend.locate(name),
        (error) => isBakthatError(error, 'INVALID_INPUT'),
      )
      assert.deepEqual(await trial.list(), [])
      await trial.assertTidy()
    })
  }

  it('can say the locator of a name before and without a put, where blobs have names', async (trial) => {
    const before = trial.backend.locate('later')
    const { locator } = await trial.put('later', pattern(10))
    assert.equal(before, trial.capabilities.names ? locator : undefined)
  })

  it('stores a blob under the name of another, or says that something is in the way', async (trial) => {
    const { locator } = await trial.put('a', pattern(10, 1))
    const below = await trial.put('a/b', pattern(20, 2)).catch(inTheWay)
    sameBytes(await trial.read(locator), pattern(10, 1))
    assert.deepEqual(await trial.names(), below === undefined ? ['a'] : ['a', 'a/b'])
    const { name } = await trial.put('d/e', pattern(10))
    await trial.put('d', pattern(20)).catch(inTheWay)
    assert.ok((await trial.names()).includes(name))
    await trial.assertTidy()
  })
})

function inTheWay(error: unknown): undefined {
  if (!isBakthatError(error, 'ALREADY_EXISTS')) throw error
}
