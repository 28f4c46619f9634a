import { hostname } from 'node:os'
import { describe, expect, it } from '@jest/globals'
import { activated, fail, full, made, rotate, succeed, type Activated } from './support/plugin.js'
import { startReceiver, type Receiver } from './support/receiver.js'

const host = hostname()
const everything = ['failure', 'warning', 'success', 'rotation']

/** What a webhook is told, as JSON, of what was done; nothing may be amiss. */
async function told(act: (plugin: Activated) => Promise<void>, events = everything): Promise<readonly unknown[]> {
  await using receiver = await startReceiver()
  const plugin = activated({ webhook: { url: receiver.url, events } })
  await act(plugin)
  expect(plugin.warnings).toEqual([])
  return bodies(receiver)
}

const bodies = ({ received }: Receiver): readonly unknown[] => received.map(({ body }) => JSON.parse(body) as unknown)

const lengthOf = (text: string): number => Array.from(text).length

const common = { host, name: 'photos', backend: 's3', container: 'bucket' }

describe('a message', () => {
  it('about a backup that was made has its facts', async () => {
    expect(await told(succeed)).toEqual([
      {
        ...common,
        event: 'success',
        action: 'backup',
        title: `Backup of photos on ${host} succeeded`,
        text: 'stored photos.20260318120000.tgz in s3 bucket\n12.3 MB, 1,234 files, 2.5 s',
        time: '2026-03-18T12:00:30.000Z',
        stored_name: 'photos.20260318120000.tgz',
        size: 12_345_678,
        files: 1234,
        incomplete: 0,
        duration: 2.5,
      },
    ])
  })

  it('about a backup that was not made, for nothing was changed, says so', async () => {
    const [message] = await told((plugin) => succeed(plugin, { unchanged: true }))
    expect(message).toMatchObject({
      event: 'success',
      text: expect.stringMatching(/^nothing was changed since photos\.20260318120000\.tgz in s3 bucket\n/),
    })
  })

  it.each([
    [999, 999, '999 B, 1 file, 999 ms'],
    [999_949, 999.4, '999.9 kB, 1 file, 999 ms'],
    [999_950, 999.6, '1 MB, 1 file, 1 s'],
    [999_960_000, 59_960, '1 GB, 1 file, 1 min 0 s'],
    [5e15, 7_500_000, '5,000 TB, 1 file, 2 h 5 min'],
  ])('tells %d bytes and %d ms in the units that they come to', async (size, durationMs, words) => {
    const [message] = await told((plugin) => succeed(plugin, { size, files: 1, durationMs }))
    expect(message).toMatchObject({ text: `stored photos.20260318120000.tgz in s3 bucket\n${words}` })
  })

  it('about a backup that lacks files is a warning, and names the first of them', async () => {
    const warnings = Array.from({ length: 7 }, (_, index) => ({ path: `f${index}`, message: 'gone', incomplete: true }))
    const [message] = await told((plugin) => succeed(plugin, { warnings, size: 0, files: 1, durationMs: 12 }))
    expect(message).toMatchObject({
      event: 'warning',
      title: `Backup of photos on ${host} is incomplete`,
      text: expect.stringMatching(/\n0 B, 1 file, 12 ms\n(incomplete: f\d: gone\n){5}… and 2 more$/),
      incomplete: 7,
    })
  })

  it('about a backup that failed has code, message, hint and how long it took', async () => {
    expect(await told(fail)).toEqual([
      {
        ...common,
        event: 'failure',
        action: 'backup',
        title: `Backup of photos on ${host} failed`,
        text: 'the bucket is full (NO_SPACE)\nfree some space\ndestination: s3 bucket',
        time: '2026-03-18T12:00:30.000Z',
        duration: 30,
        code: 'NO_SPACE',
        error: 'the bucket is full',
        hint: 'free some space',
      },
    ])
  })

  it('about a backup that another plugin stopped before this one heard of it has what is known', async () => {
    const [message] = await told(async ({ events }) => {
      const error = { code: 'REFUSED', message: 'not now' }
      await events.tell('on_error', { sessionId: 'x', action: 'backup', name: 'photos', error })
    })
    expect(message).toMatchObject({ event: 'failure', name: 'photos', text: 'not now (REFUSED)', code: 'REFUSED' })
    expect(message).not.toHaveProperty('duration')
  })

  it('about a rotation counts and names what it removed and what goes later', async () => {
    const deferred = [{ ...made, storedFilename: 'b', deferredUntil: new Date('2026-04-01T00:00:00Z') }]
    const [message] = await told((plugin) => rotate(plugin, { result: [{ ...made, storedFilename: 'a' }], deferred }))
    expect(message).toEqual({
      ...common,
      event: 'rotation',
      action: 'rotate_backups',
      title: `Rotation of photos on ${host} removed 1 backup`,
      text: 'in s3 bucket: 1 removed, 1 deferred, 0 failed\ndeferred until 2026-04-01: b\nremoved: a',
      time: expect.any(String),
      removed: 1,
      deferred: 1,
      failed: 0,
      duration: 30,
    })
  })

  it('about a rotation that could not remove something is a warning', async () => {
    const failed = [{ backup: made, problem: { code: 'PERMISSION_DENIED', message: 'it may not' } }]
    const [message] = await told((plugin) => rotate(plugin, { failed }))
    expect(message).toMatchObject({
      event: 'warning',
      title: `Rotation of photos on ${host} could not remove 1 backup`,
      text: expect.stringContaining('\nfailed: photos.20260318120000.tgz: it may not'),
      failed: 1,
    })
  })

  it('about deletion by age, and its failure, is one about rotation', async () => {
    const [deleted, failed] = await told(async ({ events }) => {
      const about = { backend: 's3', container: 'bucket', name: 'photos', interval: '30D' }
      await events.before('before_delete_older_than', { sessionId: 'x', ...about })
      await events.tell('on_delete_older_than', { sessionId: 'x', result: [made, made], deferred: [], failed: [] })
      const error = { code: 'UNAVAILABLE', message: 'no answer' }
      await events.tell('on_error', { sessionId: 'y', action: 'delete_older_than', name: 'photos', error })
    })
    const title = `Deletion of old backups of photos on ${host}`
    expect(deleted).toMatchObject({ event: 'rotation', title: `${title} removed 2 backups` })
    expect(failed).toMatchObject({ event: 'failure', title: `${title} failed` })
  })

  it('is not sent about what people do themselves, and see', async () => {
    const messages = await told(async ({ events }) => {
      for (const action of ['restore', 'delete'] as const)
        await events.tell('on_error', { sessionId: 'x', action, name: 'photos', error: full })
      await events.tell('on_restore', { sessionId: 'x', result: made, to: '/tmp' })
      await events.tell('on_delete', { sessionId: 'x', result: made })
    })
    expect(messages).toEqual([])
  })

  it('is sent to those who want to hear of its kind; by default of what needs looking after', async () => {
    const all = async (plugin: Activated): Promise<void> => {
      await succeed(plugin)
      await succeed(plugin, { warnings: [{ path: 'f', message: 'gone', incomplete: true }] })
      await fail(plugin)
      await rotate(plugin)
    }
    const kinds = (messages: readonly unknown[]) => messages.map((each) => (each as { event: string }).event)
    for (const events of [['success'], ['rotation', 'success'], everything])
      expect(kinds(await told(all, events)).sort()).toEqual([...events].sort())
    await using receiver = await startReceiver()
    await all(activated({ webhook: { url: receiver.url } }))
    expect(kinds(bodies(receiver))).toEqual(['warning', 'failure'])
  })

  it('has a title of one line, whatever a name holds', async () => {
    const [message] = await told((plugin) => succeed(plugin, { filename: 'a\nb\u2028c\u2029d\u0085e' }))
    expect(message).toMatchObject({ title: `Backup of a b c d e on ${host} succeeded` })
  })

  it('is as long as services take, however much there is to say', async () => {
    const long = '\u{1F4BE}'.repeat(5000)
    const [message] = await told((plugin) => fail(plugin, { code: 'UNEXPECTED', message: long, hint: long }, long))
    const { title, text, error } = message as Record<string, string>
    expect([lengthOf(title!) < 250, lengthOf(text!) <= 1000, error === long]).toEqual([true, true, true])
    expect(title).toMatch(/ failed$/)
  })
})
