import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { makeCertificate } from '@bakthat/emulator/certificate'
import { makeHome, makeHomeWith } from './support/home.js'
import { readMail, startMailbox } from './support/mailbox.js'
import { startReceiver } from './support/receiver.js'

const events = ['failure', 'warning', 'success', 'rotation']
const addresses = { host: '127.0.0.1', from: 'backup@example.org', to: 'ops@example.org' }

describe('whoever runs bakthat', () => {
  it('has everybody told of a backup, of a rotation and of a failure, before it ends', async () => {
    await using receiver = await startReceiver()
    await using mailbox = await startMailbox()
    const { url } = receiver
    await using home = await makeHome({
      ntfy: { url: `${url}/topic`, events },
      slack: { url: `${url}/slack`, events },
      mail: { ...addresses, port: mailbox.port, security: 'none', events },
      webhook: { url: `${url}/hook`, events },
    })
    const told = (): readonly string[] => {
      const mails = mailbox.mails.splice(0).map(({ raw }) => readMail(raw).headers['subject']!)
      const requests = receiver.received.splice(0).sort((a, b) => (a.path < b.path ? -1 : 1))
      return [...requests.map(({ path, body }) => `${path} ${firstLine(JSON.parse(body))}`), ...mails]
    }
    const everybody = (title: string): readonly string[] => [`/ ${title}`, `/hook ${title}`, `/slack *${title}*`, title]

    expect(await home.bakthat(['backup', 'photos'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^stored/),
    })
    expect(told()).toEqual(everybody(`Backup of photos on ${hostname()} succeeded`))
    await home.bakthat(['backup', 'photos', '-q'])
    expect(told()).toHaveLength(4)
    expect(await home.bakthat(['rotate', 'photos'])).toMatchObject({ status: 0, stderr: '' })
    expect(told()).toEqual(everybody(`Rotation of photos on ${hostname()} removed 1 backup`))
    expect(await home.bakthat(['backup', 'absent'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('absent'),
    })
    expect(told()).toEqual(everybody(`Backup of absent on ${hostname()} failed`))
    await home.bakthat(['rotate', 'photos', '--dry-run'])
    expect(told()).toEqual([])
  })

  it('has everybody told of a backup that a signal stopped', async () => {
    await using receiver = await startReceiver()
    await using home = await makeHome({ webhook: { url: receiver.url } })
    const command = 'kill -s TERM "$PPID"; exec sleep 60'
    expect(await home.bakthat(['backup', '--command', command, '--name', 'dump'])).toMatchObject({ status: 143 })
    const messages = receiver.received.map(({ body }) => JSON.parse(body) as unknown)
    expect(messages).toMatchObject([{ event: 'failure', name: 'dump', code: 'INTERRUPTED' }])
  })

  it('has the backup all the same where nobody can be told, and is warned without a secret', async () => {
    await using receiver = await startReceiver(404)
    await using home = await makeHome({ slack: { url: `${receiver.url}/hidden`, events } })
    const { status, stdout, stderr } = await home.bakthat(['backup', 'photos'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^stored photos/) })
    expect(stderr).toContain(
      `warning: the plugin npm:@bakthat/plugin-notify failed in on_backup: slack at ${receiver.host} answered with status 404\n`,
    )
    const shown = await home.bakthat(['config', 'show'])
    expect(shown.stdout).toMatch(/^notify\.slack\.url +\*{8} /m)
    expect(stderr + shown.stdout).not.toContain('hidden')
  })
})

describe('bakthat notify test', () => {
  it('reaches mail servers by TLS and STARTTLS, with a login, where their certificates are good', async () => {
    const certificate = makeCertificate()
    await using starttls = await startMailbox({ ...certificate, password: 'open' })
    await using tls = await startMailbox({ ...certificate, password: 'open', secure: true })
    await using home = await makeHome({
      mail: [
        { ...addresses, port: starttls.port, user: 'me', password: 'open' },
        { ...addresses, port: tls.port, security: 'tls', user: 'me', password: 'open', events: ['success'] },
      ],
    })
    await writeFile(join(home.path, 'ca.pem'), certificate.cert)
    const { status, stdout, stderr } = await home.bakthat(['notify', 'test'], {
      NODE_EXTRA_CA_CERTS: join(home.path, 'ca.pem'),
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.replaceAll(/:\d+/g, ':PORT ').replaceAll(/ +/g, ' ')).toBe(
      [
        'target is told of test message',
        'mail[0] at 127.0.0.1:PORT failure, warning sent',
        'mail[1] at 127.0.0.1:PORT success sent',
        '',
      ].join('\n'),
    )
    for (const { mails } of [starttls, tls])
      expect(mails).toMatchObject([{ secure: true, user: 'me', to: ['ops@example.org'] }])
  })

  it('says who could not be told, why, and what to do', async () => {
    await using gone = await startReceiver(404)
    await using receiver = await startReceiver()
    await using home = await makeHome({ ntfy: { url: `${receiver.url}/topic` }, slack: { url: `${gone.url}/hidden` } })
    const asText = await home.bakthat(['notify', 'test'])
    const message = `slack at ${gone.host} answered with status 404`
    expect(asText).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^slack at \S+ +failure, warning +not sent\n/m),
      stderr: '',
    })
    expect(asText.stdout).toContain(`\nnot sent: ${message} (check the address in the profile)\n`)
    const asJson = await home.bakthat(['notify', 'test', '--json'])
    expect(JSON.parse(asJson.stdout)).toEqual([
      { target: `ntfy at ${receiver.host}`, events: ['failure', 'warning'], sent: true },
      {
        target: `slack at ${gone.host}`,
        events: ['failure', 'warning'],
        sent: false,
        problem: { message, hint: 'check the address in the profile' },
      },
    ])
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ title: `Test message of Bakthat on ${hostname()}` })
  })
})

it('the profiles of the README are right', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')
  const profiles = [...readme.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, profile]) => profile!)
  expect(profiles).toHaveLength(3)
  for (const profile of profiles) {
    await using home = await makeHomeWith(profile)
    const { status, stdout } = await home.bakthat(['plugins'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('  active\n') })
  }
})

function firstLine(body: unknown): string {
  const { title, text } = body as { readonly title?: string; readonly text?: string }
  return (title ?? text ?? '').split('\n')[0]!
}
