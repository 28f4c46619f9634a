import { BakthatError, sendRequest, settingKinds, type SettingKind } from '@bakthat/plugin-sdk'
import type { Facts } from '../facts.js'
import { secret, secretAddress } from '../required.js'
import { commonKeys, targetKind, usualEvents } from '../target.js'
import { jsonTemplate, mapOfTemplates, textTemplate } from '../template.js'

const { choice, path, text, webAddress } = settingKinds

/** Names and values as `fetch` sends them. */
const headerMap: SettingKind<Readonly<Record<string, string>>> = {
  form: 'a map of names and values of HTTP headers',
  read: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const entries = Object.entries(value as Record<string, unknown>)
    const isRight = entries.every(
      ([name, each]) =>
        /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof each === 'string' && /^[\t\x20-\x7e\xa0-\xff]*$/.test(each),
    )
    return isRight ? (value as Record<string, string>) : undefined
  },
}

const bodyKeys = { json: jsonTemplate, form: mapOfTemplates, text: textTemplate }

/** Any HTTP request. Without `json`, `form` or `text` a `POST` or `PUT` sends all facts as JSON, and a `GET` nothing. */
export const webhook = targetKind(
  {
    url: webAddress,
    url_file: path,
    method: choice('POST', 'PUT', 'GET'),
    headers: headerMap,
    token: text,
    token_file: path,
    ...bodyKeys,
    ...commonKeys,
  },
  (settings, label, what) => {
    const { method = 'POST' } = settings
    const url = secretAddress(label, settings.url, settings.url_file)
    const token = secret(label, 'token', settings.token, settings.token_file)
    const bodyOf = chosenBody(settings, method, label)
    return {
      label: `${what} at ${url.host}`,
      events: settings.events ?? usualEvents,
      async send(facts, signal) {
        const { type, body } = bodyOf(facts)
        const headers = new Headers({ ...type, ...(token !== undefined && { authorization: `Bearer ${token}` }) })
        for (const [name, value] of Object.entries(settings.headers ?? {})) headers.set(name, value)
        await sendRequest(what, url, { method, headers, ...(body !== undefined && { body }), signal })
      },
    }
  },
)

/** What is sent, and the header that says what it is where `fetch` does not find that out by itself. */
interface Body {
  readonly type?: { readonly 'content-type': string }
  readonly body?: string | URLSearchParams
}

type Bodies = { readonly [Key in keyof typeof bodyKeys]?: ReturnType<(typeof bodyKeys)[Key]['read']> }

function chosenBody({ json, form, text }: Bodies, method: string, label: string): (facts: Facts) => Body {
  const given = Object.entries({ json, form, text }).flatMap(([key, value]) => (value === undefined ? [] : [key]))
  if (given.length > 1)
    throw new BakthatError('INVALID_CONFIG', `${label} has ${given.join(' and ')}`, { hint: 'leave one of them' })
  if (method === 'GET') {
    if (given.length === 0) return () => ({})
    throw new BakthatError('INVALID_CONFIG', `${label} has ${given[0]!}, which a GET cannot send`, {
      hint: `set ${label}.method to POST`,
    })
  }
  if (text !== undefined) return (facts) => ({ body: text(facts) })
  if (form !== undefined)
    return (facts) => ({
      body: new URLSearchParams(Object.fromEntries(Object.entries(form).map(([key, value]) => [key, value(facts)]))),
    })
  const type = { 'content-type': 'application/json' }
  return (facts) => ({ type, body: JSON.stringify(json === undefined ? facts : json(facts)) })
}
