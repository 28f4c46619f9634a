import assert from 'node:assert/strict'

import { isBakthatError } from '@bakthat/errors'
import { byHand, diagnosis, leftovers, signedLinks } from '@bakthat/storage'

import { cases, type Case } from '../cases.js'
import { pattern } from '../sources.js'
import { rejects } from '../trial.js'

const verdicts: readonly string[] = ['good', 'note', 'problem']

/** What a backend need not have. Where it has it, it keeps its promises. */
export const talents: readonly Case[] = cases((it) => {
  it('gives links, where it has them, to what is there and can be read now, and says when they end', async (trial) => {
    const links = signedLinks(trial.backend)
    if (links === undefined) return
    const { locator } = await trial.put('shared', pattern(10))
    const asked = { expiresInSeconds: 3600 }
    if (trial.capabilities.retrieval === 'deferred') await rejects(links.link(locator, asked), 'COLD')
    else {
      for (const method of ['GET', 'HEAD'] as const) {
        const { url, expiresAt } = await links.link(locator, { ...asked, method })
        assert.ok(URL.canParse(url))
        assert.ok(expiresAt.getTime() > 0)
      }
    }
    for (const expiresInSeconds of [0, -1, 0.5, NaN]) {
      await rejects(links.link(locator, { expiresInSeconds }), 'INVALID_INPUT')
    }
    await rejects(links.link(locator, { ...asked, method: 'PUT' as 'GET' }), 'INVALID_INPUT')
    await trial.backend.remove(locator)
    await rejects(links.link(locator, asked), 'NOT_FOUND')
  })

  it('tells in a line for a shell how a blob is fetched without it, where it can', async (trial) => {
    const tool = byHand(trial.backend)
    if (tool === undefined) return
    const { locator } = await trial.put('by hand', pattern(10))
    for (const line of [tool.fetchByHand(locator), tool.thawByHand?.(locator), tool.listByHand?.()])
      if (line !== undefined) assert.match(line, /^\S[^\n]*$/)
    assert.throws(
      () => tool.fetchByHand('../outside'),
      (error) => isBakthatError(error, 'INVALID_INPUT'),
    )
  })

  it('counts no whole blob among what was left behind, where it tells of such things', async (trial) => {
    const left = leftovers(trial.backend)
    if (left === undefined) return
    await trial.put('whole', pattern(10))
    for await (const { name } of left.leftovers()) assert.fail(`${name} was left behind`)
  })

  it('tells what its store is good for, where it can find out, and leaves nothing behind', async (trial) => {
    const talent = diagnosis(trial.backend)
    if (talent === undefined) return
    for await (const { subject, verdict, found, consequence } of talent.diagnose({ scratch: 'scratch-7/' })) {
      assert.ok(verdicts.includes(verdict))
      for (const words of [subject, found, consequence]) assert.match(words, /^\S[^\n]*[^.\s]$/)
    }
    assert.deepEqual(await trial.list(), [])
    await trial.assertTidy()
  })
})
