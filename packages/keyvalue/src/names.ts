import { BakthatError } from '@bakthat/errors'
import { checkBlobName, inventoryName } from '@bakthat/storage'

/** Throws `INVALID_INPUT` for what cannot be a key: the name of its object, beside backups and what is kept about them. */
export function checkKey(key: string): void {
  // A caller in JavaScript may have something else where a key should be.
  if (typeof key !== 'string') throw new BakthatError('INVALID_INPUT', 'a key is a text', { hint: 'give a text' })
  checkBlobName(key, 'key')
  if (!isTaken(key)) return
  throw new BakthatError(
    'INVALID_INPUT',
    `${JSON.stringify(key)} is a name that backups have, or what is kept about them`,
    {
      hint: `choose another key: without a date of 14 digits behind a dot, not in .bakthat/, and not ${inventoryName}`,
    },
  )
}

/** Whether a blob of that name is a backup's, or tells of some. */
export function isTaken(name: string): boolean {
  return name === inventoryName || name.startsWith('.bakthat/') || /\.\d{14}(\.|$)/.test(name)
}
