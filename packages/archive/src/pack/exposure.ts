import { lstatSync, type BigIntStats } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'

const writableByOthers = 0o022n
const sticky = 0o1000n

/**
 * Whether somebody other than this user and root can put another directory, or a link to one, in `child`'s place: who may write to
 * `parent`, unless its sticky bit keeps others' entries from them.
 */
export function isExchangeable(child: BigIntStats, parent: BigIntStats): boolean {
  if (!isTrusted(parent)) return true
  return (parent.mode & writableByOthers) !== 0n && ((parent.mode & sticky) === 0n || !isTrusted(child))
}

/** Whether that goes for any of the directories on the way to `root`, a byte string, or there is a link on that way. */
export function isExchangeableOnTheWay(root: string): boolean {
  let parent = lstatSync('/', { bigint: true })
  for (let end = root.indexOf('/', 1); ; end = root.indexOf('/', end + 1)) {
    const child = lstatSync(toFileSystemPath(end === -1 ? root || '/' : root.slice(0, end)), { bigint: true })
    if (isExchangeable(child, parent)) return true
    if (end === -1) return false
    parent = child
  }
}

function isTrusted({ uid }: BigIntStats): boolean {
  return uid === 0n || Number(uid) === process.geteuid?.()
}
