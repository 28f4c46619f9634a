import { BakthatError } from '@bakthat/errors'
import type { BackendSettings } from '@bakthat/storage'

import type { GlacierOptions } from './options.js'

/** The keys of a profile as options. Rejects with `INVALID_CONFIG` for those that cannot be right. */
export function optionsOf(settings: BackendSettings): GlacierOptions {
  const vault = text(settings, 'glacier_vault')
  if (vault === undefined) {
    throw mistake('glacier_vault is missing', 'set glacier_vault to the vault that keeps the backups')
  }
  if (!/^[A-Za-z0-9_.-]{1,255}$/.test(vault)) {
    throw mistake(
      'glacier_vault is no name of a vault',
      'such a name is letters, digits, hyphens, underscores and dots',
    )
  }
  const options: Writable<GlacierOptions> = {
    vault,
    region: text(settings, 'region_name'),
    endpoint: endpointOf(settings),
    profile: text(settings, 'aws_profile'),
    credentials: credentialsOf(settings),
  }
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as GlacierOptions
}

type Writable<T> = { -readonly [Key in keyof T]?: T[Key] | undefined }

function credentialsOf(settings: BackendSettings): GlacierOptions['credentials'] {
  const [accessKeyId, secretAccessKey] = [text(settings, 'access_key'), text(settings, 'secret_key')]
  const sessionToken = text(settings, 'session_token')
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
  }
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  const missing = accessKeyId === undefined ? 'access_key' : 'secret_key'
  throw mistake(`${missing} is missing`, 'set access_key and secret_key, or neither of them to use what AWS tools use')
}

function endpointOf(settings: BackendSettings): string | undefined {
  const endpoint = text(settings, 'glacier_endpoint')
  if (endpoint === undefined) return undefined
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return endpoint
  throw mistake(
    'glacier_endpoint is no address of a server',
    'write it as https://glacier.example.org, without keys in it',
  )
}

function text(settings: BackendSettings, key: string): string | undefined {
  const value = settings[key]
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw mistake(`${key} is not a text`, `set ${key} to a text, or remove it`)
}

function mistake(message: string, hint: string): BakthatError {
  return new BakthatError('INVALID_CONFIG', message, { hint })
}
