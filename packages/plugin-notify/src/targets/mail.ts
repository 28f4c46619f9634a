import { BakthatError, settingKinds, type SettingKind } from '@bakthat/plugin-sdk'
import { required, secret } from '../required.js'
import { sendMail, type MailServer } from '../smtp.js'
import { commonKeys, targetKind, usualEvents } from '../target.js'
import { compiled, textTemplate } from '../template.js'

const { choice, list, path, text } = settingKinds

const portNumber: SettingKind<number> = {
  form: 'a whole number from 1 to 65535',
  read: (value) =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535 ? Number(value) : undefined,
}

const mailAddress: SettingKind<string> = {
  form: 'an address such as me@example.org or Me <me@example.org>',
  read: (value) =>
    typeof value === 'string' &&
    /^(?:[^\s@<>,;:"]+@[^\s@<>,;:"]+|[^@<>,;:"\p{Cc}]+ <[^\s@<>,;:"]+@[^\s@<>,;:"]+>)$/u.test(value)
      ? value
      : undefined,
}

const securities = ['tls', 'starttls', 'none'] as const
const usualPorts = { tls: 465, starttls: 587, none: 25 } as const

/** Mail, through a server that takes it by SMTP. */
export const mail = targetKind(
  {
    host: text,
    port: portNumber,
    security: choice(...securities),
    user: text,
    password: text,
    password_file: path,
    from: mailAddress,
    to: list(mailAddress),
    title: textTemplate,
    text: textTemplate,
    ...commonKeys,
  },
  (settings, label, what) => {
    const { title = compiled('{{title}}'), text: body = compiled('{{text}}\n') } = settings
    const host = required(label, 'host', settings.host)
    const { security = usualSecurity(settings.port) } = settings
    const port = settings.port ?? usualPorts[security]
    const login = loginOf(settings, label)
    if (login !== undefined && security === 'none' && !isThisMachine(host))
      throw new BakthatError('INVALID_CONFIG', `${label} would send the password unencrypted`, {
        hint: `set ${label}.security to tls or starttls`,
      })
    const server = { label: `${what} at ${host}:${port}`, host, port, security, login }
    const from = required(label, 'from', settings.from)
    const to = required(label, 'to', settings.to)
    return {
      label: server.label,
      events: settings.events ?? usualEvents,
      send: (facts, signal) => sendMail(server, { from, to, subject: title(facts), text: body(facts) }, signal),
    }
  },
)

interface LoginSettings {
  readonly user?: string
  readonly password?: string
  readonly password_file?: string
}

function loginOf({ user, password, password_file }: LoginSettings, label: string): MailServer['login'] {
  const pass = secret(label, 'password', password, password_file)
  if (user !== undefined && pass !== undefined) return { user, pass }
  if (user === undefined && pass === undefined) return undefined
  throw new BakthatError('INVALID_CONFIG', `${label} needs user and password, or neither`, {
    hint: 'set both, or take both out',
  })
}

function isThisMachine(host: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)
}

/** What the port is for: https://www.rfc-editor.org/rfc/rfc8314#section-3.3. */
function usualSecurity(port: number | undefined): MailServer['security'] {
  return port === undefined || port === usualPorts.tls ? 'tls' : 'starttls'
}
