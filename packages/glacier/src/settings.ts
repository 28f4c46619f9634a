import { serverOf, credentialsOf, given, mistake, textOf } from '@bakthat/aws'
import type { BackendSettings } from '@bakthat/storage'

import type { GlacierOptions } from './options.js'

/** The keys of a profile as options. Rejects with `INVALID_CONFIG` for those that cannot be right. */
export function optionsOf(settings: BackendSettings): GlacierOptions {
  const vault = textOf(settings, 'glacier_vault')
  if (vault === undefined) {
    throw mistake('glacier_vault is missing', 'set glacier_vault to the vault that keeps the backups')
  }
  if (!/^[A-Za-z0-9_.-]{1,255}$/.test(vault)) {
    throw mistake(
      'glacier_vault is no name of a vault',
      'such a name is letters, digits, hyphens, underscores and dots',
    )
  }
  return given<GlacierOptions>({
    vault,
    region: textOf(settings, 'region_name'),
    endpoint: serverOf(settings, 'glacier_endpoint', 'https://glacier.example.org'),
    profile: textOf(settings, 'aws_profile'),
    credentials: credentialsOf(settings),
  })
}
