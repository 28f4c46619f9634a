import { createHash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

import { BakthatError, isBakthatError } from '@bakthat/errors'
import { single, throwIfAborted, type CallOptions, type Registered, type ReplaceOptions } from '@bakthat/storage'

import { makeClaim } from './claim.js'
import { syncDirectory } from './directories.js'
import { absent, statsOf, told, unless } from './failures.js'
import { claimPath, patientMs, removeLeftovers } from './leftovers.js'
import { PartialFile } from './partial-file.js'
import { withBlob } from './reading.js'

/** The file's bytes, all of one version: a file that replaces this one is another file. */
export async function readRegister(path: string): Promise<Registered> {
  const bytes = await withBlob(path, (file) => told(path, () => file.readFile()))
  return { bytes, etag: createHash('sha256').update(bytes).digest('hex') }
}

/** Writes the bytes beside the file and renames them over it, while nobody else can. */
export async function writeRegister(
  path: string,
  bytes: Uint8Array,
  options: ClaimOptions,
): Promise<{ readonly etag: string }> {
  const partial = await PartialFile.create(path)
  try {
    const { sha256 } = await partial.fill(single(bytes))
    await whileClaimed(path, options, () => told(path, () => rename(partial.path, path)))
    await removeOld(path)
    return { etag: sha256 }
  } catch (error) {
    await partial.discard().catch(() => undefined)
    throw error
  }
}

/** What others left is hidden, and no reason to fail once the change is made. */
async function removeOld(path: string): Promise<void> {
  await removeLeftovers(path, patientMs).catch(() => undefined)
}

/** Makes no directory for a name that stands for nothing. */
export async function eraseRegister(path: string, options: ClaimOptions): Promise<void> {
  if ((await statsOf(path)) === undefined) {
    if (typeof options.ifMatch === 'string') throw replaced(path)
    return
  }
  await whileClaimed(path, options, () => told(path, () => unless(absent, () => rm(path))))
  await removeOld(path)
}

/** How a file is changed, and for how long others may be at it, in seconds. */
export interface ClaimOptions extends ReplaceOptions {
  readonly patienceSeconds: number
}

/** Milliseconds between two looks at a claim, and until one is looked at whose process may be gone. */
const pauseMs = 10
const lookMs = 1000

/** Changes the file, where it is what it should be, while this process alone may. */
async function whileClaimed(
  path: string,
  { ifMatch, signal, patienceSeconds }: ClaimOptions,
  change: () => Promise<unknown>,
): Promise<void> {
  const claim = await takeClaim(path, patienceSeconds, signal)
  try {
    if (ifMatch !== undefined && ifMatch !== (await etagOf(path))) throw replaced(path)
    await change()
  } finally {
    await told(claim, () => rm(claim, { force: true }))
  }
  await syncDirectory(dirname(path))
}

async function takeClaim(path: string, patienceSeconds: number, signal: CallOptions['signal']): Promise<string> {
  for (let waitedMs = 0; waitedMs <= patienceSeconds * 1000; waitedMs += pauseMs) {
    throwIfAborted(signal)
    const claim = await makeClaim(path)
    if (claim !== undefined) return claim
    if (waitedMs > 0 && waitedMs % lookMs === 0) await removeLeftovers(path)
    await wait(pauseMs * (0.5 + Math.random()))
  }
  throw new BakthatError('UNAVAILABLE', `${path} is being changed by another process, and has been for long`, {
    hint: `if there is none, for its number may be that of another one by now, remove ${claimPath(path)}`,
  })
}

async function etagOf(path: string): Promise<string | null> {
  try {
    return (await readRegister(path)).etag
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return null
    throw error
  }
}

function replaced(path: string): BakthatError {
  return new BakthatError('ALREADY_EXISTS', `${path} is not what it was`, {
    hint: 'somebody else changed it meanwhile: read it again, and decide anew',
  })
}
