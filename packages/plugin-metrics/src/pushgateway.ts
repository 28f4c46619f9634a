import { hostname } from 'node:os'
import { BakthatError } from '@bakthat/errors'
import { sendRequest } from '@bakthat/plugin-sdk'
import { exposition } from './exposition.js'
import { counted, metrics, type Values } from './samples.js'
import type { Target } from './target.js'

/** The labels that the gateway groups metrics by. */
type Group = Readonly<Record<'job' | 'instance' | 'name' | 'backend' | 'container', string>>

/**
 * A Pushgateway. `POST` replaces the metrics that it is given and leaves the others of the group as they are
 * (https://github.com/prometheus/pushgateway#post-method), so a failure leaves the last success alone. Counters go on from what the
 * gateway holds. `user`: name and password, with a colon between.
 */
export function pushgateway(url: URL, user?: string): Target {
  const authorization = user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
  const headers = { 'content-type': 'text/plain; version=0.0.4', ...authorization }
  const call = (path: string, options: RequestInit): Promise<string> =>
    sendRequest('the Pushgateway', under(url, path), { ...options, headers })
  return async (series, samples, signal) => {
    const group = { job: 'bakthat', instance: hostname(), ...series }
    const known = heldIn(await call('api/v1/metrics', { signal }), group)
    await call(`metrics${pathOf(group)}`, {
      method: 'POST',
      body: exposition(counted(known, samples), {}),
      signal,
    })
  }
}

function under(url: URL, path: string): URL {
  return new URL(`${url.pathname.replace(/\/*$/, '/')}${path}`, url)
}

/**
 * In base64, for values with slashes and for empty ones, which are `=`
 * (https://github.com/prometheus/pushgateway#url).
 */
function pathOf(group: Group): string {
  const encoded = (value: string): string => Buffer.from(value).toString('base64url') || '='
  return Object.entries(group)
    .map(([label, value]) => `/${label}@base64/${encoded(value)}`)
    .join('')
}

/** What the gateway answers to a query: https://github.com/prometheus/pushgateway#query-api. */
interface Held {
  readonly data: readonly (Readonly<Record<string, { readonly metrics?: readonly { readonly value?: string }[] }>> & {
    readonly labels: Readonly<Record<string, string>>
  })[]
}

function heldIn(answer: string, group: Group): Values {
  const found = parsed(answer).data.find(({ labels }) => isSame(labels, group))
  const values = Object.keys(metrics).map((name) => [name, Number(found?.[name]?.metrics?.[0]?.value)] as const)
  return new Map(values.filter(([, value]) => Number.isFinite(value)))
}

function isSame(labels: Readonly<Record<string, string>>, group: Group): boolean {
  const names = new Set([...Object.keys(labels), ...Object.keys(group)])
  return [...names].every((name) => (labels[name] ?? '') === ((group as Readonly<Record<string, string>>)[name] ?? ''))
}

function parsed(answer: string): Held {
  try {
    const held = JSON.parse(answer) as Held
    if (Array.isArray(held.data)) return held
  } catch (error) {
    if ((error as Error).name !== 'SyntaxError') throw error
  }
  throw new BakthatError('UNAVAILABLE', 'what answers as the Pushgateway is none, or older than version 1.0', {
    hint: 'check metrics.pushgateway in the profile',
  })
}
