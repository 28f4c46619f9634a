import type { Stats } from 'node:fs'
import { link, lstat, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

import { BakthatError, systemCodeOf } from '@bakthat/errors'

import { makeClaim } from './claim.js'
import { syncDirectory } from './directories.js'
import { absent, explained, statsOf, told, unless } from './failures.js'
import { claimPath, removeLeftovers } from './leftovers.js'

/** What `link` fails with on file systems that have no hard links. */
const noLinks = ['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']

/**
 * Gives a finished file its name, whole and durable, or rejects with `ALREADY_EXISTS` where the name is taken. A hard
 * link does it in one step that never replaces anything. Where there are no links, whoever creates the claim file may
 * look whether the name is free and rename; a crash in between leaves the claim, never a half blob.
 */
export async function publish(partial: string, path: string, hardLinks: boolean): Promise<void> {
  const linked = hardLinks && (await publishByLink(partial, path))
  const helper = linked ? partial : await publishByClaim(partial, path)
  try {
    await told(helper, () => rm(helper, { force: true }))
    // What others left is hidden, and no reason to give up a blob that is stored.
    await removeLeftovers(path).catch(() => undefined)
    await syncDirectory(dirname(path))
  } catch (error) {
    // On a disk that has become read-only nothing is removed either, and what failed first says why.
    await rm(path, { force: true }).catch(() => undefined)
    throw error
  }
}

/**
 * Whether that is a blob whose `put` went on to its end, and tidied up: neither its unfinished file, which a link would share, nor
 * a claim is left. To look for what else may be there takes reading the whole directory.
 */
export async function isPublished(path: string, stats: Stats): Promise<boolean> {
  return stats.isFile() && stats.nlink === 1 && !(await exists(claimPath(path)))
}

export function nameTaken(path: string): BakthatError {
  return new BakthatError('ALREADY_EXISTS', `there is something at ${path} already`, {
    hint: 'blobs are never overwritten: remove it first or choose another name',
  })
}

function vanished(partial: string): BakthatError {
  return new BakthatError('UNAVAILABLE', `${partial} was removed while it was being written`, {
    hint: 'something else tidies this directory up: keep it away and try again',
  })
}

async function publishByLink(partial: string, path: string): Promise<boolean> {
  try {
    await link(partial, path)
    return true
  } catch (error) {
    const code = systemCodeOf(error) ?? ''
    if (noLinks.includes(code)) return false
    if (code === 'ENOENT') throw (await exists(path)) ? nameTaken(path) : vanished(partial)
    if (code !== 'EEXIST') throw explained(error, path)
    if (await isLinked(partial)) return true
    throw nameTaken(path)
  }
}

/** Network file systems repeat a call whose answer was lost, and then find their own link in the way. */
async function isLinked(partial: string): Promise<boolean> {
  return (await unless(absent, () => lstat(partial)))?.nlink === 2
}

/** The claim is given back to be removed: until then nobody else can take the name. */
async function publishByClaim(partial: string, path: string): Promise<string> {
  const claim = await makeClaim(path)
  if (claim === undefined) throw nameTaken(path)
  try {
    if (await exists(path)) throw nameTaken(path)
    await told(path, () => rename(partial, path))
    return claim
  } catch (error) {
    await rm(claim, { force: true }).catch(() => undefined)
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return (await statsOf(path)) !== undefined
}
