import { BakthatError } from '@bakthat/errors'
import {
  rangeWithin,
  throwIfAborted,
  type Availability,
  type Bytes,
  type Locator,
  type RetrieveOptions,
} from '@bakthat/storage'

import { askFor, isFaster, thawFrom, thawOf, ticketOf, tierIn, warmthOf, type Thaw, type Warmth } from './cold.js'
import type { Connection } from './connection.js'
import { download } from './download.js'
import { headOf } from './heads.js'
import { addressOf, placeOfLocator, type Place } from './keys.js'
import type { S3Options } from './options.js'

/**
 * What `retrieve` answers: bytes, or the thaw that they wait for. A cold object is asked for as a whole, whatever the
 * range.
 */
export async function retrieval(
  connection: Connection,
  options: S3Options,
  locator: Locator,
  wanted: RetrieveOptions,
): Promise<Availability<Bytes>> {
  throwIfAborted(wanted.signal)
  checkDays(wanted.days)
  const place = placeOfLocator(options.prefix ?? '', locator)
  const asked = wanted.ticket === undefined ? undefined : thawOf(wanted.ticket)
  const head = await headOf(connection, place, wanted.signal)
  const range = rangeWithin(head.ContentLength ?? 0, wanted.range, addressOf(options.bucket, place.key))
  const warmth = warmthOf(head)
  if (warmth.state === 'readable') {
    const value = download(connection, options, { place, etag: head.ETag }, range, wanted.signal)
    return { state: 'ready', value, ...(warmth.until === undefined ? {} : { expiresAt: warmth.until }) }
  }
  const thaw = await thawing(connection, options, place, warmth, asked, wanted)
  return { state: 'pending', ticket: ticketOf(thaw), expectedAt: thaw.expectedAt }
}

/** The thaw that is under way, or the one that is begun, or hastened, now. */
async function thawing(
  connection: Connection,
  { restore = {}, now = () => new Date() }: S3Options,
  place: Place,
  { state, archive }: Exclude<Warmth, { readonly state: 'readable' }>,
  asked: Thaw | undefined,
  { tier: wish, days = restore.days ?? 7, begin = true, signal }: RetrieveOptions,
): Promise<Thaw> {
  const tier = tierIn(archive, wish ?? restore.tier ?? 'standard')
  // S3 does not tell which tier was asked for: without a ticket it may have been the slowest.
  const underWay = (state === 'thawing' && asked) || thawFrom(now(), archive, 'bulk')
  if (state === 'thawing') {
    const hasten = begin && wish !== undefined && isFaster(archive, tier, underWay.tier)
    if (!hasten) return underWay
  } else if (!begin) throw cold(connection, place, archive, asked)
  const kept = underWay.days ?? days
  const isAccepted = await askFor(connection, place, archive, { tier, days: kept }, signal)
  return isAccepted ? { ...thawFrom(now(), archive, tier), days: kept } : underWay
}

function cold(connection: Connection, { key }: Place, archive: string, asked: Thaw | undefined): BakthatError {
  const why = asked === undefined ? 'nobody has asked for it' : 'its thawed copy is gone again'
  return new BakthatError('COLD', `${addressOf(connection.bucket, key)} is in cold storage (${archive}), and ${why}`, {
    hint: 'ask for it to be thawed, which costs money and takes hours',
  })
}

function checkDays(days: number | undefined): void {
  if (days === undefined || (Number.isSafeInteger(days) && days > 0)) return
  throw new BakthatError('INVALID_INPUT', `a thawed copy cannot be kept for ${days} days`, {
    hint: 'give a whole number of days, 1 or more',
  })
}
