import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createEvents, type EventBus, type EventMap, type Log } from '@bakthat/events'
import { MetricsPlugin } from '@bakthat/plugin-metrics'
import type { PluginHost } from '@bakthat/plugin-sdk'
import { readExposition, type ReadSample } from './support/exposition.js'
import { startGateway } from './support/gateway.js'

const backup: EventMap['on_backup']['result'] = {
  id: 1,
  backend: 'local',
  container: '/store',
  backupDate: new Date('2026-03-18T12:00:00Z'),
  filename: 'photos',
  storedFilename: 'photos.20260318120000.tgz',
  size: 300,
  tags: [],
  metadata: {},
  entries: 5,
  files: 4,
  bytesRead: 1000,
  durationMs: 2500,
  warnings: [
    { path: 'a', message: 'gone', incomplete: true },
    { path: 'b', message: 'a socket', incomplete: false },
  ],
}
const labels = { name: 'photos', backend: 'local', container: '/store' }
const failedAt = new Date('2026-03-19T12:00:00Z')

/** Events that the plugin listens to, and what was logged of its failures. */
function activated(metrics: unknown, pause?: () => Promise<void>): { events: EventBus; warnings: string[] } {
  const warnings: string[] = []
  const log: Log = { ...console, warn: (message: string) => void warnings.push(message) }
  const events = createEvents({ log, ...(pause && { pause }) })
  const host = { conf: { metrics }, log, events: events.of('metrics') } as unknown as PluginHost
  new MetricsPlugin(host, () => failedAt).activate()
  return { events, warnings }
}

type Place = Partial<typeof labels>

async function succeed(events: EventBus, place: Place = {}): Promise<void> {
  const { name, backend, container } = { ...labels, ...place }
  const session = { sessionId: events.newSession() }
  await events.before('before_backup', { ...session, name, backend, container, tags: [] })
  await events.tell('on_backup', { ...session, result: { ...backup, filename: name, backend, container } })
}

async function fail(events: EventBus, place: Place = {}): Promise<void> {
  const { name, backend, container } = { ...labels, ...place }
  const session = { sessionId: events.newSession() }
  await events.before('before_backup', { ...session, name, backend, container, tags: [] })
  await events.tell('on_error', { ...session, action: 'backup', name, error: { code: 'NO_SPACE', message: 'full' } })
}

async function directory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'bakthat-metrics-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

async function readAll(path: string): Promise<readonly Record<string, ReadSample>[]> {
  const texts = (await readdir(path)).map((name) => readFile(join(path, name), 'utf8'))
  return (await Promise.all(texts)).map(readExposition)
}

const values = (read: Record<string, ReadSample>): Record<string, number> =>
  Object.fromEntries(Object.entries(read).map(([name, { value }]) => [name.replace('bakthat_backup_', ''), value]))

const good = {
  last_success_timestamp_seconds: Date.parse('2026-03-18T12:00:02.500Z') / 1000,
  succeeded: 1,
  duration_seconds: 2.5,
  stored_bytes: 300,
  read_bytes: 1000,
  files: 4,
  incomplete_files: 1,
  failures_total: 0,
}
const bad = { last_failure_timestamp_seconds: failedAt.getTime() / 1000, succeeded: 0 }

it('a backup that was not made, for nothing was changed, is as fresh as a new one', async () => {
  await using here = await directory()
  const { events } = activated({ textfile_dir: here.path })
  await events.tell('on_backup', { sessionId: events.newSession(), result: { ...backup, unchanged: true } })
  const fresh = { ...good, last_success_timestamp_seconds: failedAt.getTime() / 1000 }
  expect((await readAll(here.path)).map(values)).toEqual([fresh])
})

describe('the textfile', () => {
  it('tells of the last success, and keeps it through failures, which it counts', async () => {
    await using here = await directory()
    const { events, warnings } = activated({ textfile_dir: here.path })
    await succeed(events)
    const [first] = await readAll(here.path)
    expect(values(first!)).toEqual(good)
    expect(Object.values(first!).map((sample) => sample.labels)).toEqual(Object.keys(good).map(() => labels))
    await fail(events)
    await fail(events)
    expect((await readAll(here.path)).map(values)).toEqual([{ ...good, ...bad, failures_total: 2 }])
    await succeed(events)
    expect((await readAll(here.path)).map(values)).toEqual([{ ...good, ...bad, succeeded: 1, failures_total: 2 }])
    expect(warnings).toEqual([])
  })

  it('has no success to show where there never was one, and none of another destination', async () => {
    await using here = await directory()
    const { events } = activated({ textfile_dir: here.path })
    await succeed(events)
    await fail(events, { backend: 's3', container: 'bucket' })
    const read = await readAll(here.path)
    const failing = read.filter((each) => each['bakthat_backup_succeeded']!.value === 0)
    expect(failing.map(values)).toEqual([{ ...bad, failures_total: 1 }])
    expect(failing[0]!['bakthat_backup_succeeded']!.labels).toEqual({
      name: 'photos',
      backend: 's3',
      container: 'bucket',
    })
    expect(read.map(values)).toContainEqual(good)
  })

  it('is whole and readable to other users whenever a collector looks, and nothing else is left behind', async () => {
    await using here = await directory()
    const { events } = activated({ textfile_dir: here.path })
    const before = process.umask(0o077)
    await Promise.all([succeed(events), fail(events), succeed(events)]).finally(() => process.umask(before))
    const [name, ...others] = await readdir(here.path)
    expect([name, others]).toEqual([expect.stringMatching(/^bakthat-photos-[0-9a-f]{12}\.prom$/), []])
    expect((await stat(join(here.path, name!))).mode & 0o777).toBe(0o644)
    await readAll(here.path)
  })

  it('holds any name and container exactly', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 })
    const awkward = fc.oneof(
      text,
      fc.string({ unit: fc.constantFrom('\\', '"', '\n', '/', '}', ',', 'n'), minLength: 1 }),
    )
    await fc.assert(
      fc.asyncProperty(awkward, awkward, async (name, container) => {
        await using here = await directory()
        const { events, warnings } = activated({ textfile_dir: here.path })
        await fail(events, { name, container })
        await fail(events, { name, container })
        const [read] = await readAll(here.path)
        expect(read!['bakthat_backup_failures_total']).toMatchObject({ labels: { name, container }, value: 2 })
        expect(warnings).toEqual([])
      }),
      { numRuns: 20 },
    )
  })

  it('begins anew where it was damaged', async () => {
    await using here = await directory()
    const { events } = activated({ textfile_dir: here.path })
    await fail(events)
    const [name] = await readdir(here.path)
    await writeFile(join(here.path, name!), 'bakthat_backup_failures_total{name="photos"} many\n\0')
    await fail(events)
    expect((await readAll(here.path)).map(values)).toEqual([{ ...bad, failures_total: 1 }])
  })

  it('that cannot be written is logged, breaks nothing, and does not keep the Pushgateway from being told', async () => {
    await using gateway = await startGateway()
    const { events, warnings } = activated({ textfile_dir: '/nowhere/at/all', pushgateway: gateway.url })
    await succeed(events)
    const message =
      'the plugin metrics failed in on_backup: the metrics could not be written to /nowhere/at/all: ENOENT'
    expect([warnings, gateway.groups.size]).toEqual([[message], 1])
  })
})

describe('the Pushgateway', () => {
  it('is told of a success, and of failures without touching the success; counters go on', async () => {
    await using gateway = await startGateway()
    const settings = { pushgateway: gateway.url }
    const { events, warnings } = activated(settings)
    await succeed(events)
    await fail(events)
    await fail(activated(settings).events)
    await fail(events, { container: '/elsewhere' })
    const groups = [...gateway.groups.values()]
    const named = { job: 'bakthat', instance: hostname(), ...labels }
    expect(groups.map((group) => group.labels)).toEqual([named, { ...named, container: '/elsewhere' }])
    expect(groups.map((group) => values(asSamples(group.values)))).toEqual([
      { ...good, ...bad, failures_total: 2 },
      { ...bad, failures_total: 1 },
    ])
    expect([warnings, new Set(gateway.authorizations)]).toEqual([[], new Set([undefined])])
  })

  it('is given the user, and counts what was refused before anybody knew where it would go', async () => {
    await using gateway = await startGateway()
    const { events } = activated({ pushgateway: gateway.url, pushgateway_username: 'me', pushgateway_password: 'open' })
    const refused = { action: 'backup', name: 'photos', error: { code: 'REFUSED', message: 'no' } } as const
    await events.tell('on_error', { sessionId: 'x', ...refused })
    await events.tell('on_error', { sessionId: 'y', ...refused, action: 'restore' })
    const [group] = gateway.groups.values()
    expect(group!.labels).toMatchObject({ name: 'photos', backend: '', container: '' })
    expect(values(asSamples(group!.values))).toEqual({ ...bad, failures_total: 1 })
    expect(new Set(gateway.authorizations)).toEqual(new Set([`Basic ${btoa('me:open')}`]))
  })

  it.each([
    [403, '', /answered with status 403$/],
    [302, '', /answered with status 302$/],
    [200, '<html>', /is none, or older/],
    [200, '{}', /is none, or older/],
  ])('that answers %d %s is logged, without its address', async (status, body, message) => {
    const server = createServer((_, response) => response.writeHead(status, { location: '/elsewhere' }).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { events, warnings } = activated({ pushgateway: `http://127.0.0.1:${port}/hidden` })
    await succeed(events)
    server.close()
    expect(warnings).toEqual([expect.stringMatching(message)])
    expect(warnings.join()).not.toContain('hidden')
  })

  it('that is not there, or gives no answer in time, is logged', async () => {
    const sockets = new Set<{ destroy(): void }>()
    const server = createServer(() => undefined).on('connection', (socket) => sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${port}`
    const impatient = activated({ pushgateway: url }, () => Promise.resolve())
    await impatient.events.tell('on_backup', { sessionId: 'x', result: backup })
    expect(impatient.warnings.at(-1)).toMatch(/failed in on_backup: it gave no answer within 10 s$/)
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    const { events, warnings } = activated({ pushgateway: url })
    await succeed(events)
    expect(warnings).toEqual([expect.stringMatching(/the Pushgateway at 127.0.0.1:\d+ cannot be reached: [A-Z_]+$/)])
  })
})

it.each([
  [undefined, /neither textfile_dir nor pushgateway/],
  ['/srv', /metrics must be a map/],
  [{ textfile_dir: 'relative' }, /metrics.textfile_dir must be a path/],
  [{ pushgateway: 'nonsense' }, /metrics.pushgateway must be an address/],
  [{ pushgateway: 'http://me:hidden@push:9091' }, /has no user in it/],
  [{ pushgateway: 'http://push:9091', pushgateway_password: 'hidden' }, /needs pushgateway_username and/],
  [{ directory: '/hidden' }, /has a key that is not known/],
])('refuses settings that cannot be right: %j', (metrics, message) => {
  let error: unknown
  try {
    activated(metrics)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toMatchObject({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) })
  expect((error as Error).message).not.toContain('hidden')
})

function asSamples(held: Record<string, number>): Record<string, ReadSample> {
  return Object.fromEntries(Object.entries(held).map(([name, value]) => [name, { type: '', labels: {}, value }]))
}
