import assert from 'node:assert/strict'

import { cases, type Case } from '../cases.js'
import { inChunks, pattern, WatchedSource } from '../sources.js'
import { joined, sameBytes, sha256Of } from '../trial.js'

/** What a `put` is told beside the bytes, and what it tells. */
export const telling: readonly Case[] = cases((it) => {
  it('answers with the SHA-256 that its caller has found, or with its own, which is the same', async (trial) => {
    const content = pattern(70_000)
    const source = new WatchedSource([content])
    const sha256 = (): string => {
      assert.ok(source.isOver, 'the SHA-256 was asked for before the bytes had ended')
      return sha256Of(content)
    }
    const blob = await trial.backend.put('known', source, { sha256 })
    assert.equal(blob.sha256, sha256Of(content))
    sameBytes(await trial.read(blob.locator), content)
  })

  it('takes a wrong estimate of the size for what it is', async (trial) => {
    const content = pattern(100_000)
    const more = await trial.put('more', content, { estimatedSize: 10 })
    const less = await trial.put('less', content, { estimatedSize: 20 * 1024 * 1024 })
    sameBytes(await trial.read(more.locator), content)
    sameBytes(await trial.read(less.locator), content)
  })

  it('sends everything where what is to be resumed is gone', async (trial) => {
    const content = pattern(70_000)
    const { locator } = await trial.put('resumed', content, { resume: 'gone' })
    sameBytes(await trial.read(locator), content)
    await trial.assertTidy()
  })

  it('takes a record, whatever it can keep of it, and keeps nothing else', async (trial) => {
    const tags = Array.from({ length: 200 }, (_, index) => `tag-${index}`)
    const record = { date: new Date('2026-03-14T09:26:53Z'), tags, host: 'anna' }
    const { locator } = await trial.put('recorded', pattern(10), { record })
    sameBytes(await trial.read(locator), pattern(10))
    const [blob] = await trial.list()
    if (trial.capabilities.names) assert.equal(blob?.record, undefined)
    assert.deepEqual({ ...record, ...blob?.record }, record)
  })

  it('says at most once that it made the container, and before it reads the source', async (trial) => {
    const notices: string[] = []
    const source = new WatchedSource([pattern(10)])
    const onNotice = (notice: string): void => {
      assert.equal(source.asked, 0, 'the notice came after the source was read')
      notices.push(notice)
    }
    await trial.backend.put('first', source, { onNotice })
    assert.ok(notices.length <= 1, notices.join('; '))
    await trial.backend.put('second', inChunks(pattern(10), 10), {
      onNotice: (notice) => assert.fail(`told again: ${notice}`),
    })
  })

  it('lists metadata as any other blob, and keeps it readable at once, where blobs have names', async (trial) => {
    const content = pattern(900)
    const name = '.bakthat/manifests/one.json'
    const { locator } = await trial.put(name, content, { purpose: 'metadata' })
    assert.deepEqual(await trial.names('.bakthat/manifests/'), [name])
    if (!trial.capabilities.names) {
      sameBytes(await trial.read(locator), content)
      return
    }
    const answer = await trial.backend.retrieve(locator)
    assert.ok(answer.state === 'ready', 'metadata answered pending')
    sameBytes(await joined(answer.value), content)
  })
})
