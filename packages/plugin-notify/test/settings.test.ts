import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { activated, fail } from './support/plugin.js'
import { startReceiver } from './support/receiver.js'

const directory = mkdtempSync(join(tmpdir(), 'bakthat-notify-'))
afterAll(() => rmSync(directory, { recursive: true }))

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}

const url = 'https://example.org/hidden'
const mail = { host: 'smtp.example.org', from: 'a@example.org', to: 'b@example.org' }

describe('settings', () => {
  it('of secrets come from files as well', async () => {
    await using receiver = await startReceiver()
    const url_file = file('url', `${receiver.url}/topic\n`)
    const plugin = activated({ ntfy: { url_file, token_file: file('token', 'tk_1\n') } })
    await fail(plugin)
    expect(receiver.received).toMatchObject([{ path: '/', headers: { authorization: 'Bearer tk_1' } }])
  })

  it.each([
    [undefined, 'notify names nobody who is told'],
    [{}, 'notify names nobody who is told'],
    [{ slack: 'hidden' }, 'notify.slack must be a map of keys'],
    [{ slack: { webhook: url } }, 'notify.slack has a key that is not known'],
    [{ slack: {} }, 'notify.slack has no url'],
    [
      { slack: [{ url }, { url: 'hidden' }] },
      'notify.slack[1].url must be an address that begins with http:// or https://',
    ],
    [{ slack: { url, url_file: '/hidden' } }, 'notify.slack has both url and url_file'],
    [{ slack: { url_file: '/nowhere/at/all' } }, 'the file of notify.slack.url_file cannot be read: ENOENT'],
    [
      { slack: { url_file: file('address', 'example.org/hidden') } },
      'the file of notify.slack.url_file must hold an address that begins with http:// or https://',
    ],
    [{ slack: { url, text: '{{hidden}}' } }, 'notify.slack.text has a placeholder that is not known'],
    [{ slack: { url, text: '{{ stored-hidden }}' } }, 'notify.slack.text has a placeholder that is not known'],
    [{ slack: { url, events: ['hidden'] } }, 'notify.slack.events must be one of failure, warning, success, rotation'],
    [{ ntfy: { url: 'https://ntfy.sh' } }, 'notify.ntfy.url must be the address of a topic'],
    [{ ntfy: { url: 'https://ntfy.sh/a/hidden' } }, 'notify.ntfy.url must be the address of a topic'],
    [{ ntfy: { url, priority: 'hidden' } }, 'notify.ntfy.priority must be one of min, low, default, high, max'],
    [{ mail: { ...mail, host: undefined } }, 'notify.mail has no host'],
    [{ mail: { ...mail, to: undefined } }, 'notify.mail has no to'],
    [{ mail: { ...mail, to: ['a@example.org', 'hidden'] } }, 'notify.mail.to must be an address such as'],
    [{ mail: { ...mail, from: 'a@example.org\r\nBcc: hidden@example.org' } }, 'notify.mail.from must be an address'],
    [{ mail: { ...mail, port: 70_000 } }, 'notify.mail.port must be a whole number from 1 to 65535'],
    [{ mail: { ...mail, user: 'hidden' } }, 'notify.mail needs user and password, or neither'],
    [{ mail: { ...mail, user: 'me', password: 'hidden', security: 'none' } }, 'would send the password unencrypted'],
    [
      { webhook: { url, headers: { 'x-a': 'a\r\nhidden: 1' } } },
      'notify.webhook.headers must be a map of names and values',
    ],
    [{ webhook: { url, headers: { 'x a': 'hidden' } } }, 'notify.webhook.headers must be a map of names and values'],
    [{ webhook: { url, json: '{"hidden": 1}' } }, 'notify.webhook.json must be a map or a list'],
    [{ webhook: { url, json: { a: ['{{hidden}}'] } } }, 'notify.webhook.json has a placeholder that is not known'],
    [{ webhook: { url, form: { a: 1 } } }, 'notify.webhook.form must be a map of texts'],
    [{ webhook: { url, json: {}, text: 'hidden' } }, 'notify.webhook has json and text'],
    [{ webhook: { url, method: 'GET', text: 'hidden' } }, 'notify.webhook has text, which a GET cannot send'],
  ])('that cannot be right are refused: %j', (notify, message) => {
    let error: unknown
    try {
      activated(notify)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining(message),
      hint: expect.any(String),
    })
    expect((error as Error).message).not.toContain('hidden')
  })

  it('from a file that holds no secret are refused', () => {
    const token_file = file('empty', '\n')
    expect(() => activated({ ntfy: { url: 'https://ntfy.sh/t', token_file } })).toThrow(
      'the file of notify.ntfy.token_file does not hold one line of text',
    )
  })

  it('of a server on this machine may have a password without encryption', () => {
    const local = { ...mail, host: 'localhost', user: 'me', password: 'p', security: 'none' }
    expect(() => activated({ mail: local })).not.toThrow()
  })
})

it('the README tells of every placeholder, and of no other', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const told = [...readme.matchAll(/^\| `\{\{(\w+)\}\}`/gm)].map(([, name]) => name!)
  let hint: string | undefined
  try {
    activated({ slack: { url, text: '{{none}}' } })
  } catch (error) {
    hint = (error as { hint?: string }).hint
  }
  expect(hint).toBe(`the placeholders are ${told.join(', ')}`)
})
