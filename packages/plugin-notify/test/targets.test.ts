import { hostname } from 'node:os'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { activated, fail, succeed } from './support/plugin.js'
import { startReceiver } from './support/receiver.js'

const title = `Backup of photos on ${hostname()} failed`
const text = 'the bucket is full (NO_SPACE)\nfree some space\ndestination: s3 bucket'

describe('ntfy', () => {
  it('gets JSON at the root of its server, with topic, priority and tags', async () => {
    await using receiver = await startReceiver()
    const url = `${receiver.url}/backups-7Hq2`
    const plugin = activated({
      ntfy: [
        { url, token: 'tk_hidden', tags: ['web', 'nas'] },
        { url, priority: 'min', title: '{{code}}', text: '{{ name }} in {{container}}' },
      ],
    })
    await fail(plugin)
    const [first, second] = receiver.received
    expect(first).toMatchObject({ method: 'POST', path: '/', headers: { authorization: 'Bearer tk_hidden' } })
    expect(JSON.parse(first!.body)).toEqual({
      topic: 'backups-7Hq2',
      title,
      message: text,
      priority: 4,
      tags: ['rotating_light', 'web', 'nas'],
    })
    expect(second!.headers).not.toHaveProperty('authorization')
    expect(JSON.parse(second!.body)).toMatchObject({ title: 'NO_SPACE', message: 'photos in bucket', priority: 1 })
    expect(plugin.warnings).toEqual([])
  })
})

describe('Slack', () => {
  it('gets a text in which no name can be markup', async () => {
    await using receiver = await startReceiver()
    const plugin = activated({
      slack: [{ url: `${receiver.url}/T0/B0/x` }, { url: receiver.url, text: '<!here> {{name}}' }],
    })
    await fail(plugin, { code: 'UNEXPECTED', message: 'a & b' }, '<!channel>')
    const [first, second] = receiver.received.map(({ body }) => JSON.parse(body) as unknown)
    expect(first).toEqual({
      text: `*Backup of &lt;!channel&gt; on ${hostname()} failed*\na &amp; b (UNEXPECTED)\ndestination: s3 bucket`,
    })
    expect(second).toEqual({ text: '<!here> &lt;!channel&gt;' })
    expect(receiver.received[0]).toMatchObject({ path: '/T0/B0/x', headers: { 'content-type': 'application/json' } })
  })
})

describe('a webhook', () => {
  it('gets JSON by its template, in which facts keep their type', async () => {
    await using receiver = await startReceiver()
    const json = {
      summary: '{{event}}: {{name}}',
      bytes: '{{size}}',
      code: '{{ code }}',
      more: [{ on: true }, '{{duration}} s', null],
    }
    const plugin = activated({ webhook: { url: receiver.url, events: ['success'], method: 'PUT', json } })
    await succeed(plugin)
    expect(receiver.received[0]!.method).toBe('PUT')
    expect(JSON.parse(receiver.received[0]!.body)).toEqual({
      summary: 'success: photos',
      bytes: 12_345_678,
      code: null,
      more: [{ on: true }, '2.5 s', null],
    })
  })

  it('gets a form, a text or nothing, with the headers that were asked for', async () => {
    await using receiver = await startReceiver()
    const { url } = receiver
    const headers = { 'X-Api-Key': 'hidden', 'content-type': 'text/markdown' }
    const plugin = activated({
      webhook: [
        { url, form: { title: '{{title}}', message: 'a&b={{text}}' }, token: 'hidden' },
        { url, text: '# {{title}}', headers },
        { url: `${url}/ping?key=hidden`, method: 'GET' },
      ],
    })
    await fail(plugin)
    const byMethod = (body: RegExp) => receiver.received.find((each) => body.test(each.body))!
    const form = byMethod(/^title=/)
    expect(form.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/x-www-form-urlencoded/),
      authorization: 'Bearer hidden',
    })
    expect(Object.fromEntries(new URLSearchParams(form.body))).toEqual({ title, message: `a&b=${text}` })
    expect(byMethod(/^# /)).toMatchObject({ headers: { 'x-api-key': 'hidden', 'content-type': 'text/markdown' } })
    expect(byMethod(/^$/)).toMatchObject({ method: 'GET', path: '/ping?key=hidden' })
  })

  it('gets headers that were asked for in the place of its own', async () => {
    await using receiver = await startReceiver()
    const headers = { Authorization: 'Basic hidden', 'Content-Type': 'application/cloudevents+json' }
    await fail(activated({ webhook: { url: receiver.url, token: 'unused', headers } }))
    expect(receiver.received[0]!.headers).toMatchObject({
      authorization: 'Basic hidden',
      'content-type': 'application/cloudevents+json',
    })
  })

  it('gets JSON that parses and carries name and message back, whatever they hold', async () => {
    await using receiver = await startReceiver()
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('"', '\\', '\n', '\r', '{{name}}', '$&', '$1', '\u2028', '\0', "'", '</script>'),
      }),
    )
    const json = { a: '{{name}}', b: 'x{{error}}y', c: ['{{error}}{{name}}'] }
    const plugin = activated({ webhook: { url: receiver.url, json } })
    await fc.assert(
      fc.asyncProperty(anything, anything, async (name, message) => {
        await fail(plugin, { code: 'UNEXPECTED', message }, name)
        const { body } = receiver.received.at(-1)!
        expect(JSON.parse(body)).toEqual({ a: name, b: `x${message}y`, c: [message + name] })
      }),
      { numRuns: 60 },
    )
    expect(plugin.warnings).toEqual([])
  })

  it('gets no header but those that were asked for, whatever name and message hold', async () => {
    await using receiver = await startReceiver()
    const lines = fc.string({ unit: fc.constantFrom('\r', '\n', 'x-evil: 1', ':', ' ', 'é') })
    const { url } = receiver
    const plugin = activated({ webhook: { url }, ntfy: { url: `${url}/t` }, slack: { url } })
    await fc.assert(
      fc.asyncProperty(lines, lines, async (name, message) => {
        await fail(plugin, { code: 'UNEXPECTED', message }, name)
      }),
      { numRuns: 20 },
    )
    const known =
      /^(host|connection|content-type|accept|accept-language|accept-encoding|sec-fetch-mode|user-agent|content-length)$/
    expect(receiver.received).toHaveLength(60)
    expect(
      receiver.received.flatMap(({ headers }) => Object.keys(headers)).filter((each) => !known.test(each)),
    ).toEqual([])
  })
})
