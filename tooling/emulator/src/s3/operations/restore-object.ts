import { day, hour, minute } from '../../clock.js'
import type { Answer } from '../../http/exchange.js'
import { bucketOf, documentOf, type Call, type Operation } from '../call.js'
import { invalidArgument, malformedXml, S3Failure } from '../failure.js'
import { findObject } from '../objects.js'
import { coldness, restoreState } from '../restore.js'
import type { ObjectVersion } from '../store/version.js'
import { fields, integer, required, type Element } from '../xml/read.js'
import { bodyHeaders } from './common.js'

export const restoreObject: Operation = {
  name: 'RestoreObject',
  method: 'POST',
  level: 'object',
  selectors: ['restore'],
  parameters: ['versionId'],
  headers: bodyHeaders,
  action: 's3:RestoreObject',
  run: restore,
}

/**
 * The longest that each tier takes, as documented; what is colder is slower and has no expedited tier:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
 */
const hours = {
  GLACIER: { Expedited: (5 * minute) / hour, Standard: 5, Bulk: 12 },
  DEEP_ARCHIVE: { Expedited: undefined, Standard: 12, Bulk: 48 },
} as const

type Tier = keyof (typeof hours)['GLACIER']

interface Wanted {
  readonly days: number | undefined
  readonly tier: Tier
}

async function restore(call: Call): Promise<Answer> {
  const object = findObject(call, bucketOf(call))
  const wanted = parse(await documentOf(call, 'RestoreRequest'))
  const cold = coldness(object)
  const state = restoreState(object, call.now)
  if (cold === undefined || (object.archiveStatus !== undefined && state === 'there')) {
    throw new S3Failure('InvalidObjectState', "Restore is not allowed for the object's current storage class", {
      StorageClass: object.storageClass,
    })
  }
  checkDays(object, wanted)
  const readyAt = new Date(call.now.getTime() + duration(cold, wanted.tier))
  if (state === 'ongoing') return hasten(object, wanted, readyAt)
  const isThere = state === 'there'
  const from = isThere ? call.now : readyAt
  object.restore = {
    tier: wanted.tier,
    days: wanted.days,
    readyAt: isThere ? object.restore!.readyAt : readyAt,
    expiresAt: expiry(from, wanted.days),
  }
  return { status: isThere ? 200 : 202 }
}

/**
 * A thaw that is under way may be asked for again only to be faster, and for the same days:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
function hasten(object: ObjectVersion, { days, tier }: Wanted, readyAt: Date): Answer {
  const underWay = object.restore!
  if (readyAt >= underWay.readyAt || tier === underWay.tier || days !== underWay.days) {
    throw new S3Failure('RestoreAlreadyInProgress', 'Object restore is already in progress')
  }
  object.restore = { tier, days, readyAt, expiresAt: expiry(readyAt, days) }
  return { status: 202 }
}

function parse(root: Element): Wanted {
  const { Days, Tier, GlacierJobParameters } = fields(root, ['Days', 'Tier', 'GlacierJobParameters'])
  const inJob = GlacierJobParameters === undefined ? undefined : fields(GlacierJobParameters, ['Tier']).Tier
  const tier = (GlacierJobParameters === undefined ? Tier : (inJob ?? GlacierJobParameters))?.text ?? 'Standard'
  if (tier !== 'Expedited' && tier !== 'Standard' && tier !== 'Bulk') throw malformedXml(`Tier ${tier}`)
  return { days: Days === undefined ? undefined : integer(Days, 'Days'), tier }
}

/** What comes out of Intelligent-Tiering's archive stays out; from the other classes it is a copy for some days. */
function checkDays({ archiveStatus }: ObjectVersion, { days }: Wanted): void {
  if (archiveStatus !== undefined) {
    if (days !== undefined)
      throw invalidArgument('Days', String(days), 'Days must not be given for Intelligent-Tiering')
    return
  }
  if (days === undefined) required(undefined, 'Days')
  if (days === 0) throw invalidArgument('Days', '0', 'restoration days should be at least 1')
}

function duration(cold: string, tier: Tier): number {
  const ofTier = hours[cold.startsWith('DEEP_ARCHIVE') ? 'DEEP_ARCHIVE' : 'GLACIER'][tier]
  if (ofTier !== undefined) return ofTier * hour
  throw invalidArgument('Tier', tier, `Retrieval option is not supported by this storage class: ${cold}`)
}

/** Copies are kept to the end of a day in UTC. */
function expiry(from: Date, days: number | undefined): Date | undefined {
  return days === undefined ? undefined : new Date(Math.ceil((from.getTime() + days * day) / day) * day)
}
