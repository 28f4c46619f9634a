import { createHash } from 'node:crypto'
import type { Catalog } from '@bakthat/catalog'
import type { Conf } from '@bakthat/config'
import { isBakthatError } from '@bakthat/errors'
import type { StorageBackend } from '@bakthat/storage'

/**
 * Gives backups that the Python tool stored in this destination to it, so that they are found by name as any others. The
 * tool wrote no bucket or vault into its rows, but the SHA-512 of access key and bucket or vault: the profile must still have
 * both. It knew no prefixes.
 */
export function claimRowsOfPythonTool(catalog: Catalog, conf: Conf, { scheme, container }: StorageBackend): void {
  const { access_key, s3_bucket, s3_prefix = '', glacier_vault } = conf as Record<string, unknown>
  const named = scheme === 'glacier' ? glacier_vault : scheme === 's3' && s3_prefix === '' ? s3_bucket : undefined
  if (typeof access_key !== 'string' || typeof named !== 'string') return
  const backendHash = createHash('sha512').update(`${access_key}${named}`).digest('hex')
  try {
    catalog.claim({ backend: scheme, backendHash, container })
  } catch (error) {
    // Nothing is lost: who can write the catalog claims them later.
    if (!isBakthatError(error, 'PERMISSION_DENIED', 'NO_SPACE')) throw error
  }
}
