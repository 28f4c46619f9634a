import type { Fault } from '../faults.js'
import type { Answer, Request } from '../http/exchange.js'
import { checkedBody, descriptionOf } from './body.js'
import { GlacierFailure } from './failure.js'
import type { Archive, Vault } from './vault.js'
import { day } from '../clock.js'

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-archive-post.html */
export function uploadArchive(
  vault: Vault,
  request: Request,
  body: Buffer,
  now: Date,
  fault: Fault | undefined,
): Answer {
  const description = descriptionOf(request)
  const content = checkedBody(request, body)
  return created(vault, vault.add(damaged(content, fault), description, now))
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-archive-delete.html */
export function deleteArchive(vault: Vault, id: string, now: Date): Answer {
  const archive = vault.find(id)
  if (archive !== undefined && now.getTime() < archive.createdAt.getTime() + vault.lockedDays * day) {
    throw new GlacierFailure(403, 'AccessDeniedException', 'explicit deny in a vault lock policy')
  }
  vault.delete(id, now)
  return { status: 204 }
}

/** The answer to whatever made an archive. */
export function created(vault: Vault, { id, treeHash }: Archive): Answer {
  return {
    status: 201,
    headers: {
      'x-amz-archive-id': id,
      'x-amz-sha256-tree-hash': treeHash,
      location: `/111122223333/vaults/${vault.name}/archives/${id}`,
    },
  }
}

/** What is kept of what came. */
export function damaged(content: Buffer, fault: Fault | undefined): Buffer {
  if (fault === undefined || !('damage' in fault)) return content
  if (fault.damage === 'drop the last byte') return content.subarray(0, -1)
  const changed = Buffer.from(content)
  changed[0] = changed[0]! ^ 1
  return changed
}
