import { open, rm } from 'node:fs/promises'

import { told, unless } from './failures.js'
import { claimPath } from './leftovers.js'

/**
 * Makes the file that gives this process alone the use of the name, and says which process that is; `undefined` where somebody
 * has made it. One without a number in it keeps everybody waiting for some seconds, so that none is left where it cannot be
 * written. On a full disk it is good for that long: what removes a value makes room.
 */
export async function makeClaim(path: string): Promise<string | undefined> {
  const claim = claimPath(path)
  const file = await told(claim, () => unless(['EEXIST'], () => open(claim, 'wx', 0o600)))
  if (file === undefined) return undefined
  try {
    const write = (): Promise<void> => file.writeFile(String(process.pid)).finally(() => file.close())
    await told(claim, () => unless(['ENOSPC', 'EDQUOT'], write))
    return claim
  } catch (error) {
    await rm(claim, { force: true }).catch(() => undefined)
    throw error
  }
}
