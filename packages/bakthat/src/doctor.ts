import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isBakthatError } from '@bakthat/errors'
import {
  diagnosis,
  localDirectory,
  single,
  type CallOptions,
  type Finding,
  type StorageBackend,
} from '@bakthat/storage'
import { missingDirectories, removeEmpty } from './trial-directories.js'

export interface DoctorSubject {
  /** As the profile has it. */
  readonly backend: StorageBackend
  /** The same container, opened so that what is stored can be removed and read at once. */
  readonly trial: StorageBackend
  /** Throws `UNAVAILABLE` where a directory is empty that backups were stored in. */
  readonly refuseEmptied: () => Promise<void>
}

/** What a trial writes lies under this prefix of blob names, which nothing else uses. */
interface Trial {
  readonly trial: StorageBackend
  readonly scratch: string
}

/**
 * What the store says of itself, then how it keeps the contract that every backend is held to, tried under a throw-away prefix. Of
 * a directory first whether it is there; in one whose disk is not mounted nothing is tried. Leaves nothing that was not there before.
 */
export async function* examine(subject: DoctorSubject, options: CallOptions): AsyncIterable<Finding> {
  const unmounted = localDirectory(subject.backend) === undefined ? undefined : await unmountedDisk(subject)
  if (unmounted !== undefined) {
    yield unmounted
    return
  }
  const missing = await missingDirectories(subject.backend)
  if (missing.length > 0) yield notThere
  try {
    yield* examineStore(subject, options)
  } finally {
    await removeEmpty(missing)
  }
}

const notThere: Finding = {
  subject: 'directory',
  verdict: 'note',
  found: 'not there',
  consequence: 'the first backup makes it; if it is to lie on a disk of its own, mount that before',
}

async function unmountedDisk({ refuseEmptied }: DoctorSubject): Promise<Finding | undefined> {
  try {
    await refuseEmptied()
    return undefined
  } catch (error) {
    if (!isBakthatError(error, 'UNAVAILABLE')) throw error
    return {
      subject: 'directory',
      verdict: 'problem',
      found: error.message,
      consequence: error.hint ?? 'mount its disk',
    }
  }
}

async function* examineStore({ backend, trial }: DoctorSubject, options: CallOptions): AsyncIterable<Finding> {
  const scratch = `bakthat-doctor-${randomUUID()}/`
  const talent = diagnosis(backend)
  try {
    if (talent !== undefined) yield* talent.diagnose({ ...options, scratch: `${scratch}diagnosis/` })
    const obstacle = await obstacleTo({ trial, scratch }, options)
    if (obstacle === undefined) yield* contractFindings({ trial, scratch }, options)
    else yield obstacle
  } finally {
    // Directories stay when the blobs in them are gone.
    const directory = localDirectory(backend)
    if (directory !== undefined) await rm(join(directory, scratch), { recursive: true, force: true })
  }
}

/** Why nothing should be tried here, if so: what is tried has to be removed again. */
async function obstacleTo({ trial, scratch }: Trial, options: CallOptions): Promise<Finding | undefined> {
  const { capabilities } = trial
  if (capabilities.retrieval === 'deferred' || capabilities.listing === 'deferred' || !capabilities.names)
    return untried('note', 'retrieving takes hours and costs money')
  const probe = `${scratch}probe`
  const locator = trial.locate(probe) ?? probe
  try {
    await trial.remove(locator, options)
    const { lockedUntil } = await trial.put(probe, single(Buffer.from('written by bakthat doctor\n')), options)
    if (lockedUntil !== undefined)
      return untried('note', `the bucket locks everything, ${probe} too, which goes after ${lockedUntil.toISOString()}`)
    await trial.remove(locator, options)
    return undefined
  } catch (error) {
    if (!isBakthatError(error) || error.code === 'INTERRUPTED') throw error
    if (error.code === 'PERMISSION_DENIED' && localDirectory(trial) === undefined)
      return untried('note', 'these credentials may not store and remove, so that what is tried would stay')
    return untried('problem', error.hint === undefined ? error.message : `${error.message}: ${error.hint}`)
  }
}

function untried(verdict: Finding['verdict'], consequence: string): Finding {
  return { subject: 'storage contract', verdict, found: 'not tried', consequence }
}

/** What each part of the contract is good for. */
const purposes: Readonly<Record<string, string>> = {
  storing: 'backups are stored whole or not at all, and never overwritten',
  naming: 'backups can have any name',
  retrieving: 'restores get what was stored, and pieces of it',
  removing: 'what is removed is gone, and nothing else',
  listing: 'bakthat sync finds every backup',
  'opening and closing': 'several hosts see the same backups',
}

interface Tally {
  readonly group: string
  tried: number
  readonly broken: Finding[]
}

async function* contractFindings({ trial, scratch }: Trial, options: CallOptions): AsyncIterable<Finding> {
  const { examineBackend } = await import('@bakthat/storage-testing')
  let tally: Tally | undefined
  for await (const { group, title, problem } of examineBackend(trial, { ...options, scratch: `${scratch}contract/` })) {
    if (tally !== undefined && tally.group !== group) yield* summaryOf(tally)
    if (tally?.group !== group) tally = { group, tried: 0, broken: [] }
    tally.tried++
    if (problem !== undefined)
      tally.broken.push({ subject: group, verdict: 'problem', found: `broken: ${title}`, consequence: problem })
  }
  if (tally !== undefined) yield* summaryOf(tally)
}

function* summaryOf({ group, tried, broken }: Tally): Iterable<Finding> {
  yield* broken
  const consequence = purposes[group] ?? 'as the storage contract has it'
  if (broken.length === 0) yield { subject: group, verdict: 'good', found: `${tried} trials passed`, consequence }
}
