import { BakthatError } from '@bakthat/errors'
import type { BackendSettings } from '@bakthat/storage'

import type { AwsCredentials } from './client-settings.js'

/** A text of a profile that is not empty. Throws `INVALID_CONFIG` for what is none. */
export function textOf(settings: BackendSettings, key: string): string | undefined {
  const value = settings[key]
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw mistake(`${key} is not a text`, `set ${key} to a text, or remove it`)
}

/** The address of a server, without keys. Throws `INVALID_CONFIG` for what is none; `example` is shown then. */
export function serverOf(settings: BackendSettings, key: string, example: string): string | undefined {
  const address = textOf(settings, key)
  if (address === undefined) return undefined
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return address
  throw mistake(`${key} is no address of a server`, `write it as ${example}, without keys in it`)
}

/** The keys of a profile, if it has any: both, or it throws `INVALID_CONFIG`. */
export function credentialsOf(settings: BackendSettings): AwsCredentials | undefined {
  const [accessKeyId, secretAccessKey] = [textOf(settings, 'access_key'), textOf(settings, 'secret_key')]
  const sessionToken = textOf(settings, 'session_token')
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
  }
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  const missing = accessKeyId === undefined ? 'access_key' : 'secret_key'
  throw mistake(`${missing} is missing`, 'set access_key and secret_key, or neither of them to use what AWS tools use')
}

/** Options without those that are undefined. */
export function given<T extends object>(options: { readonly [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}

/** `INVALID_CONFIG`, with what to set. */
export function mistake(message: string, hint: string): BakthatError {
  return new BakthatError('INVALID_CONFIG', message, { hint })
}
