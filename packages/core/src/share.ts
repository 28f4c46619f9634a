import { BakthatError, isBakthatError } from '@bakthat/errors'
import { signedLinks } from '@bakthat/storage'
import type { DestinationContext } from './context.js'
import type { ActionOptions, Backup } from './contract.js'
import { locatorOf } from './locate.js'
import { resolveBackup } from './resolve.js'
import { commandFor } from './words.js'

export interface ShareOptions extends Pick<ActionOptions, 'signal' | 'onNotice'> {
  /** Whole seconds. Default 3600. */
  readonly expiresInSeconds?: number
}

export interface ShareResult {
  readonly backup: Backup
  /** Whoever has it can read the stored bytes, encrypted or not as they are: it is a secret. */
  readonly url: string
  /** When it really stops working, which may be sooner than asked for. */
  readonly expiresAt: Date
}

/**
 * A link that lets anyone read the stored bytes of the backup that the name means, for a while. `UNSUPPORTED` where the
 * destination has no links, `COLD` where the backup cannot be read now, and `INVALID_INPUT` for a time that the store does
 * not offer.
 */
export async function share(
  context: DestinationContext,
  name: string,
  options: ShareOptions = {},
): Promise<ShareResult> {
  const { signal, expiresInSeconds = 3600 } = options
  const links = signedLinks(context.backend)
  if (links === undefined)
    throw new BakthatError('UNSUPPORTED', `${context.backend.scheme} has no links to share`, {
      hint: 'share from a destination that has them, such as s3',
    })
  const backup = resolveBackup(context, name, options)
  const link = await links
    .link(locatorOf(context, backup), { expiresInSeconds, fileName: backup.storedFilename, ...(signal && { signal }) })
    .catch((error: unknown) => {
      throw isBakthatError(error, 'COLD') ? coldLink(context, backup, error) : error
    })
  return { backup, ...link }
}

function coldLink({ backend }: DestinationContext, { storedFilename }: Backup, cause: BakthatError): BakthatError {
  return new BakthatError('COLD', `${storedFilename} lies in cold storage, where a link cannot read it`, {
    hint: `bring it back first, which costs money: ${commandFor(backend, 'restore', storedFilename)}`,
    cause,
  })
}
