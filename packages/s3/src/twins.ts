import { isBakthatError } from '@bakthat/errors'

import { removeObject } from './confirmation.js'
import { lookFor } from './heads.js'
import { nonceField } from './object-settings.js'
import type { Run } from './upload.js'
import { versionsOf } from './versions.js'

/**
 * Removes the other versions that one upload stored: where a server has versions and no conditional writes, a request that
 * was repeated because its answer was lost stores twice, and the older would come to light when the newer is removed. Whoever
 * may not list versions leaves it there.
 */
export async function removeTwins({ connection, place, nonce, signal }: Run, versionId: string): Promise<void> {
  try {
    for (const { VersionId: other } of await versionsOf(connection, place.key, signal)) {
      if (other === undefined || other === versionId) continue
      const twin = { ...place, versionId: other }
      const head = await lookFor(connection, twin, signal)
      if (typeof head === 'object' && head.Metadata?.[nonceField] === nonce)
        await removeObject(connection, twin, signal)
    }
  } catch (error) {
    if (!isBakthatError(error, 'PERMISSION_DENIED', 'UNSUPPORTED', 'INVALID_INPUT', 'UNAVAILABLE')) throw error
  }
}
