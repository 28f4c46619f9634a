import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { backup, share } from '@bakthat/core'
import { BakthatError } from '@bakthat/errors'
import type { LinkOptions, SignedLink } from '@bakthat/storage'
import { begun, makeTree, testEngine, type TestEngine } from './engine.js'

async function sharingEngine(
  link: (locator: string, options: LinkOptions) => Promise<SignedLink>,
): Promise<TestEngine> {
  const engine = await testEngine()
  await backup(engine, await makeTree(join(engine.directory, 'site')))
  return Object.assign(engine, { backend: Object.assign(engine.backend, { link }) })
}

it('gives a link to the newest backup of a name, with the end that the store tells', async () => {
  const asked: unknown[] = []
  await using engine = await sharingEngine((locator, options) => {
    asked.push([locator, options])
    return Promise.resolve({ url: 'https://store/site', expiresAt: begun })
  })
  const { storedFilename, locator } = engine.catalog.newest()!
  expect(await share(engine, 'site', { expiresInSeconds: 60 })).toEqual({
    backup: engine.catalog.newest(),
    url: 'https://store/site',
    expiresAt: begun,
  })
  await share(engine, storedFilename)
  expect(asked).toEqual([
    [locator, { expiresInSeconds: 60, fileName: storedFilename }],
    [locator, { expiresInSeconds: 3600, fileName: storedFilename }],
  ])
})

it('says what to do first with a cold one', async () => {
  await using engine = await sharingEngine(() => Promise.reject(new BakthatError('COLD', 'it is in GLACIER')))
  await expect(share(engine, 'site')).rejects.toMatchObject({
    code: 'COLD',
    hint: expect.stringMatching(/bakthat restore -d memory site\.\d+\.tar\.zst$/),
  })
})

it('is UNSUPPORTED where there are no links', async () => {
  await using engine = await testEngine()
  await expect(share(engine, 'site')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
})
