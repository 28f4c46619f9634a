import { BakthatError } from '@bakthat/plugin-sdk'
import type { SendMailOptions, SMTPTransportOptions } from 'nodemailer'

/** Who takes mail, and how. */
export interface MailServer {
  /** What it is called in messages. */
  readonly label: string
  readonly host: string
  readonly port: number
  /** `tls`: encrypted from the first byte. `starttls`: encrypted before anything is told, or not at all. */
  readonly security: 'tls' | 'starttls' | 'none'
  readonly login?: { readonly user: string; readonly pass: string } | undefined
}

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
}

/**
 * Hands a mail over. Certificates are verified. `UNAVAILABLE` where the server cannot be reached or says to come again (4xx),
 * `PERMISSION_DENIED` where it does not take the login, `INVALID_CONFIG` where it refuses the sender, a recipient or the mail: then
 * those recipients that it did take get the mail all the same. Messages hold nothing that the server said but its status.
 */
export async function sendMail(server: MailServer, mail: Mail, signal: AbortSignal): Promise<void> {
  const { label } = server
  // Loaded only for this: most commands send nothing.
  const { createTransport } = await import('nodemailer')
  const message: SendMailOptions = {
    ...mail,
    to: [...mail.to],
    // No automatic answers, please: https://www.rfc-editor.org/rfc/rfc3834#section-5.
    headers: { 'auto-submitted': 'auto-generated' },
    signal,
  }
  const { rejected } = await createTransport(transportOf(server))
    .sendMail(message)
    .catch((error: unknown) => {
      throw translated(error as SmtpFailure, label)
    })
  if (rejected.length === 0) return
  throw new BakthatError('INVALID_CONFIG', `${label} refused the recipient ${rejected.join(', ')}`, {
    hint: 'check the address in the profile',
  })
}

function transportOf({ host, port, security, login }: MailServer): SMTPTransportOptions {
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(login && { auth: login }),
  }
}

/** What `nodemailer` rejects with. */
interface SmtpFailure {
  readonly code?: string
  /** The code that the system or TLS gave it. */
  readonly originalCode?: string
  readonly responseCode?: number
}

function translated({ code = 'no answer', originalCode, responseCode }: SmtpFailure, label: string): BakthatError {
  if (responseCode === undefined)
    return new BakthatError('UNAVAILABLE', `${label} cannot be reached: ${originalCode ?? code}`)
  const message = `${label} refused ${steps[code] ?? 'the mail'} with status ${responseCode}`
  if (responseCode < 500) return new BakthatError('UNAVAILABLE', message)
  return code === 'EAUTH'
    ? new BakthatError('PERMISSION_DENIED', message, { hint: 'check user and password in the profile' })
    : new BakthatError('INVALID_CONFIG', message, { hint: 'check host, port, from and to in the profile' })
}

const steps: Readonly<Record<string, string>> = {
  EAUTH: 'the login',
  EENVELOPE: 'the sender or the recipients',
  ETLS: 'STARTTLS',
}
