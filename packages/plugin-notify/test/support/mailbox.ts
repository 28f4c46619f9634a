import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  /** Whether it came encrypted, and by whose login. */
  readonly secure: boolean
  readonly user: string | undefined
}

export interface Mailbox extends AsyncDisposable {
  readonly port: number
  readonly mails: ReceivedMail[]
  /** Passwords that were tried. */
  readonly logins: string[]
}

interface MailboxOptions extends SMTPServerOptions {
  /** The one password that is right. Without it nobody needs to log in. */
  readonly password?: string
  /** Recipients that it does not take, by the status that it gives. */
  readonly refused?: Readonly<Record<string, number>>
}

/** A mail server on a free port. */
export async function startMailbox({ password, refused = {}, ...options }: MailboxOptions = {}): Promise<Mailbox> {
  const [mails, logins]: [ReceivedMail[], string[]] = [[], []]
  const server = new SMTPServer({
    authOptional: password === undefined,
    disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
    closeTimeout: 0,
    onAuth({ username, password: tried }, _, callback) {
      logins.push(tried ?? '')
      if (tried === password) callback(null, { user: username ?? '' })
      else callback(failure(535))
    },
    onRcptTo({ address }, _, callback) {
      const status = refused[address]
      callback(status === undefined ? null : failure(status))
    },
    onData(stream, { envelope: { mailFrom, rcptTo }, secure, user }, callback) {
      void text(stream).then((raw) => {
        const from = mailFrom === false ? '' : mailFrom.address
        mails.push({ from, to: rcptTo.map(({ address }) => address), raw, secure, user: user as string | undefined })
        callback()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    mails,
    logins,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** What the server says must not be repeated: it may hold what it was told. */
function failure(responseCode: number): Error {
  return Object.assign(new Error('hidden'), { responseCode })
}

/** A mail as a strict reader understands it: each header once, folded lines joined, encoded words decoded. */
export function readMail(raw: string): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const [head, ...rest] = raw.split('\r\n\r\n')
  const headers = new Map<string, string>()
  for (const line of head!.replaceAll(/\r\n[ \t]/g, ' ').split('\r\n')) {
    const [, name, value] = /^([!-9;-~]+): ([^\r\n]*)$/.exec(line)!
    if (headers.has(name!.toLowerCase())) throw new Error(`${name!} comes twice`)
    headers.set(name!.toLowerCase(), decoded(value!))
  }
  return { headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n') }
}

/** RFC 2047: white space between two encoded words is none of the text. */
function decoded(value: string): string {
  return value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('latin1')
        : word
            .replaceAll('_', ' ')
            .replaceAll(/=([0-9A-F]{2})/gi, (__, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    )
}
