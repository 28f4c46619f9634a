import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemCodeOf } from '@bakthat/errors'

import { absent, statsOf, told, unless } from './failures.js'

const unfinished = /^\.(.+)\.(\d+)\.[0-9a-f]{16}\.partial$/su
const claim = /^\.(.+)\.claim$/su

/** Whether a file of this name is no blob but something that `put` works with. */
export function isReserved(fileName: string): boolean {
  return unfinished.test(fileName) || claim.test(fileName)
}

/** The file name of the blob, or a hash of it, for which `put` works with a file of this name. */
export function labelIn(fileName: string): string | undefined {
  return (unfinished.exec(fileName) ?? claim.exec(fileName))?.[1]
}

/** A new path beside the blob's for what is not stored whole yet; it tells which process writes it. */
export function partialPath(path: string): string {
  const random = randomBytes(8).toString('hex')
  return join(dirname(path), `.${labelOf(path)}.${process.pid}.${random}.partial`)
}

/** The path beside the blob's whose exclusive creation decides who may use the name, where links cannot. */
export function claimPath(path: string): string {
  return join(dirname(path), `.${labelOf(path)}.claim`)
}

/**
 * Removes what `put`s of this blob left whose processes are gone, and what was written that many milliseconds ago. Those of
 * living ones stay: a process is known by its number, and one of our own number but older than us was another. On a disk that
 * hosts or containers share, numbers of others tell nothing.
 */
export async function removeLeftovers(path: string, untouchedMs = 0): Promise<void> {
  const directory = dirname(path)
  const label = labelOf(path)
  for (const name of await hiddenIn(directory)) {
    if (labelIn(name) !== label) continue
    const leftover = join(directory, name)
    const pid = unfinished.exec(name)?.[2] ?? (await claimantOf(leftover))
    const isOld = untouchedMs === 0 || (await wasWrittenBefore(leftover, now() - untouchedMs))
    if (isOld && (await isAbandoned(leftover, Number(pid)))) await told(leftover, () => rm(leftover, { force: true }))
  }
}

/** Of directories that are being read. */
const readings = new Map<string, Promise<readonly string[]>>()

/** The hidden files beside blobs, of which there may be very many: calls that come while they are read share one answer. */
function hiddenIn(directory: string): Promise<readonly string[]> {
  const shared = readings.get(directory)
  if (shared !== undefined) return shared
  const reading = told(directory, () => unless(absent, () => readdir(directory)))
    .then((names = []) => names.filter((name) => name.startsWith('.')))
    .finally(() => readings.delete(directory))
  readings.set(directory, reading)
  return reading
}

/** Leaves room for the rest of the longest name (dots, a number and random digits), which a file system takes 255 bytes of. */
const longestLabel = 215

/** The blob's own file name, or a hash of it where something longer would not be a file name any more. */
function labelOf(path: string): string {
  const name = basename(path)
  return Buffer.byteLength(name) <= longestLabel ? name : createHash('sha256').update(name).digest('hex')
}

function claimantOf(claim: string): Promise<string | undefined> {
  return told(claim, () => unless(absent, () => readFile(claim, 'latin1')))
}

/** Milliseconds after which a value is surely written, and a claim without a number in it gets none any more. */
export const patientMs = 10_000

async function isAbandoned(path: string, pid: number): Promise<boolean> {
  if (!(pid > 0)) return wasWrittenBefore(path, now() - patientMs)
  return pid === process.pid ? wasWrittenBefore(path, performance.timeOrigin) : !isRunning(pid)
}

async function wasWrittenBefore(path: string, time: number): Promise<boolean> {
  const stats = await statsOf(path)
  return stats !== undefined && stats.mtimeMs < time
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH'
  }
}
