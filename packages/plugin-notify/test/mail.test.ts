import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { makeCertificate } from '@bakthat/emulator/certificate'
import fc from 'fast-check'
import { readMail, startMailbox } from './support/mailbox.js'
import { activated, fail } from './support/plugin.js'

const addresses = {
  host: '127.0.0.1',
  from: 'Backups <backup@example.org>',
  to: ['a@example.org', 'B <b@example.org>'],
}
const plain = { ...addresses, security: 'none' }

const usualHeaders = [
  'auto-submitted',
  'content-transfer-encoding',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
]

describe('mail', () => {
  it('has title and text, and says that no person wrote it', async () => {
    await using mailbox = await startMailbox()
    const plugin = activated({ mail: { ...plain, port: mailbox.port } })
    await fail(plugin)
    const [mail, ...others] = mailbox.mails
    expect(mail).toMatchObject({ from: 'backup@example.org', to: ['a@example.org', 'b@example.org'], secure: false })
    const { headers, body } = readMail(mail!.raw)
    expect(headers).toMatchObject({
      from: 'Backups <backup@example.org>',
      to: 'a@example.org, B <b@example.org>',
      subject: `Backup of photos on ${hostname()} failed`,
      'auto-submitted': 'auto-generated',
      'content-type': 'text/plain; charset=utf-8',
    })
    expect(body).toBe('the bucket is full (NO_SPACE)\r\nfree some space\r\ndestination: s3 bucket\r\n')
    expect([others, plugin.warnings]).toEqual([[], []])
  })

  it('has no header and no recipient but its own, whatever name and message hold', async () => {
    await using mailbox = await startMailbox()
    const usual = { ...plain, port: mailbox.port }
    const plugin = activated({ mail: [usual, { ...usual, title: '{{name}}\r\n{{error}}', text: '{{error}}' }] })
    const unit = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      'Bcc: c@example.org',
      ':',
      ' ',
      'é',
      '\u{1F4BE}',
      '\u2028',
      '=?utf-8?q?a?=',
      '.',
    )
    const lines = fc.string({ unit, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(lines, lines, async (name, message) => {
        await fail(plugin, { code: 'UNEXPECTED', message }, name)
        for (const { to, raw } of mailbox.mails.splice(0)) {
          expect(to).toEqual(['a@example.org', 'b@example.org'])
          expect(Object.keys(readMail(raw).headers).filter((each) => !usualHeaders.includes(each))).toEqual([])
        }
      }),
      { numRuns: 25 },
    )
    expect(plugin.warnings).toEqual([])
  })

  it('is sent by the user who logged in; a login that is refused is logged, and not tried again', async () => {
    await using mailbox = await startMailbox({ password: 'open', allowInsecureAuth: true })
    const login = { ...plain, port: mailbox.port, user: 'me' }
    await fail(activated({ mail: { ...login, password: 'open' } }))
    expect(mailbox.mails).toMatchObject([{ user: 'me' }])
    const refused = activated({ mail: { ...login, password: 'hidden' } })
    await fail(refused)
    expect(refused.warnings).toEqual([
      `the plugin notify failed in on_error: mail at 127.0.0.1:${mailbox.port} refused the login with status 535`,
    ])
    expect([mailbox.logins, mailbox.mails.length]).toEqual([['open', 'hidden'], 1])
  })

  it('that one recipient may not have is sent to the others, once, and that one is named', async () => {
    await using mailbox = await startMailbox({ refused: { 'a@example.org': 451 } })
    const plugin = activated({ mail: { ...plain, port: mailbox.port } })
    await fail(plugin)
    expect(plugin.warnings).toEqual([expect.stringMatching(/mail at \S+ refused the recipient a@example.org$/)])
    expect(mailbox.mails.map(({ to }) => to)).toEqual([['b@example.org']])
  })

  it.each([
    [550, 0],
    [451, 5],
  ])('that no recipient may have by status %d is logged, after %d more attempts', async (status, pauses) => {
    await using mailbox = await startMailbox({ refused: { 'a@example.org': status } })
    const plugin = activated({ mail: { ...plain, to: 'a@example.org', port: mailbox.port } })
    await fail(plugin)
    expect(plugin.warnings).toEqual([
      expect.stringMatching(new RegExp(`refused the sender or the recipients with status ${status}$`)),
    ])
    expect([mailbox.mails, plugin.pauses.length]).toEqual([[], pauses])
  })

  it('is given up where the server hangs, and the connection with it', async () => {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const plugin = activated({ mail: { ...plain, port } })
    const telling = fail(plugin)
    const [socket] = (await once(server, 'connection')) as [Socket]
    const closed = once(socket.resume(), 'close')
    plugin.patience[0]!.abort()
    await Promise.all([telling, closed])
    server.close()
    expect(plugin.warnings).toEqual([expect.stringMatching(/: mail at \S+ gave no answer within 20 s$/)])
  })

  it.each(['tls', 'starttls'])(
    'is not sent by %s, and no login tried, where nobody vouches for the certificate',
    async (security) => {
      await using mailbox = await startMailbox({ ...makeCertificate(), secure: security === 'tls', password: 'hidden' })
      const login = { user: 'me', password: 'hidden' }
      const plugin = activated({ mail: { ...addresses, ...login, security, port: mailbox.port } })
      await fail(plugin)
      expect(plugin.warnings).toEqual([expect.stringMatching(/cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT$/)])
      expect([mailbox.logins, mailbox.mails]).toEqual([[], []])
    },
  )

  it('is not sent, and no login tried, where the server has no STARTTLS', async () => {
    await using mailbox = await startMailbox({ password: 'hidden', allowInsecureAuth: true })
    const plugin = activated({ mail: { ...addresses, user: 'me', password: 'hidden', port: mailbox.port } })
    await fail(plugin)
    expect(plugin.warnings).toEqual([expect.stringMatching(/mail at \S+ refused STARTTLS with status 500$/)])
    expect([mailbox.logins, mailbox.mails]).toEqual([[], []])
  })
})

it('without a mail to send the mail library is not loaded', async () => {
  const script = `
    import { register } from 'node:module'
    import { MessageChannel } from 'node:worker_threads'
    const { port1, port2 } = new MessageChannel()
    const names = []
    port1.on('message', (name) => names.push(name))
    const hooks = 'let port; export const initialize = (data) => { port = data }; ' +
      'export const resolve = (name, context, next) => { port.postMessage(name); return next(name, context) }'
    register('data:text/javascript,' + encodeURIComponent(hooks), { data: port2, transferList: [port2] })
    const { NotifyPlugin } = await import('@bakthat/plugin-notify')
    const notify = { mail: { host: 'localhost', from: 'a@example.org', to: 'b@example.org' } }
    new NotifyPlugin({ conf: { notify }, events: { on() {} }, commands: { add() {} } }).activate()
    await new Promise(setImmediate)
    console.log(names.includes('@bakthat/plugin-notify'), names.includes('nodemailer'))
    port1.close()`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  expect(stdout).toBe('true false\n')
})
