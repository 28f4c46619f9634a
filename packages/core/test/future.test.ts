import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import {
  backup,
  diff,
  entries,
  read,
  remove,
  resolveBackup,
  restore,
  share,
  verify,
  type ActionOptions,
} from '@bakthat/core'
import { makeTree, testEngine, type TestEngine } from './engine.js'

type Action = (engine: TestEngine, name: string, options: ActionOptions) => unknown

const actions: readonly (readonly [string, Action])[] = [
  ['restore', (engine, name, options) => restore(engine, name, { to: join(engine.directory, 'again'), ...options })],
  ['read', (engine, name, options) => drain(read(engine, name, options))],
  ['entries', (engine, name, options) => drain(entries(engine, name, options))],
  ['diff', (engine, name, options) => drain(diff(engine, name, options).differences)],
  ['diff since', (engine, name, options) => diff(engine, 'site.20260318120000.tar.zst', { since: name, ...options })],
  ['share', share],
  ['verify', verify],
  ['resolve', resolveBackup],
  ['remove', remove],
]

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) expect(item).toBeDefined()
}

it('is not said of one that was given the next second, for its own was taken', async () => {
  await using engine = await testEngine()
  const tree = await makeTree(join(engine.directory, 'site'))
  const backups = [await backup(engine, tree), await backup(engine, tree), await backup(engine, tree)]
  expect(backups[2]!.backupDate > engine.now()).toBe(true)
  resolveBackup(engine, 'site', { onNotice: (notice) => expect(notice).toBe('') })
})

describe.each(actions)('%s', (_name, act) => {
  it.each([
    ['says that the newest is dated in the future', 'site', 1],
    ['says nothing where that one was named', 'site.20300101000000.tar.zst', 0],
  ])('%s', async (_title, name, count) => {
    await using engine = await testEngine()
    Object.assign(engine.backend, {
      link: () => Promise.resolve({ url: 'https://store/site', expiresAt: new Date(0) }),
    })
    const tree = await makeTree(join(engine.directory, 'site'))
    await backup(engine, tree)
    const { storedFilename } = await backup({ ...engine, now: () => new Date('2030-01-01T00:00:00Z') }, tree)
    const notices: string[] = []
    await act(engine, name, { onNotice: (notice) => notices.push(notice) })
    const notice = expect.stringContaining(`${storedFilename} is dated in the future`)
    expect(notices).toEqual(Array.from({ length: count }, () => notice))
  })
})
