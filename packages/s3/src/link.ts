import { BakthatError } from '@bakthat/errors'
import { throwIfAborted, type LinkMethod, type LinkOptions, type SignedLink } from '@bakthat/storage'

import { warmthOf } from './cold.js'
import type { Connection } from './connection.js'
import { headOf } from './heads.js'
import { addressOf, type Place } from './keys.js'
import type { S3Options } from './options.js'
import { loadSdk } from './sdk.js'

/** Seconds of seven days: no signature is good for longer. */
const longest = 604_800

/**
 * A link to read an object with, for as long as was asked for, seven days, the credentials that sign it and the thawed copy
 * last: whichever ends first.
 */
export async function signedLink(
  connection: Connection,
  { now = () => new Date() }: S3Options,
  place: Place,
  { expiresInSeconds, fileName = place.name.replace(/^.*\//, ''), method = 'GET', signal }: LinkOptions,
): Promise<SignedLink> {
  throwIfAborted(signal)
  checkTime(expiresInSeconds)
  checkMethod(method)
  const warmth = warmthOf(await headOf(connection, place, signal))
  if (warmth.state !== 'readable') throw cold(connection, place)
  const client = await connection.client()
  const { expiration, sessionToken } = await client.config.credentials()
  const signedAt = new Date(now().getTime() + client.config.systemClockOffset)
  const ends = [longest, expiresInSeconds, secondsFrom(signedAt, expiration), secondsFrom(signedAt, warmth.until)]
  const expiresIn = Math.max(1, Math.min(...ends))
  const url = await sign(connection, place, { fileName, method, expiresIn, signedAt })
  const isOpen = sessionToken !== undefined && expiration === undefined
  return { url, expiresAt: new Date(signedAt.getTime() + expiresIn * 1000), ...(isOpen ? { notice: mortal } : {}) }
}

const mortal = 'the link ends with the session that signs it, and when that is the keys do not say'

interface Signing {
  readonly fileName: string
  readonly method: LinkMethod
  readonly expiresIn: number
  readonly signedAt: Date
}

/** The URL asks for no checksum: whoever follows it need not know how to check one. */
async function sign(
  connection: Connection,
  { key, versionId }: Place,
  { fileName, method, expiresIn, signedAt }: Signing,
): Promise<string> {
  const { GetObjectCommand, HeadObjectCommand } = loadSdk()
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner')
  const asked = {
    Bucket: connection.bucket,
    Key: key,
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    ResponseContentDisposition: dispositionOf(fileName),
  }
  const command = method === 'HEAD' ? new HeadObjectCommand(asked) : new GetObjectCommand(asked)
  return getSignedUrl(await connection.client(), command, { expiresIn, signingDate: signedAt })
}

/** A file name in a header, for old programs and new ones: https://www.rfc-editor.org/rfc/rfc6266 */
function dispositionOf(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

function secondsFrom(start: Date, end: Date | undefined): number {
  return end === undefined ? Infinity : Math.floor((end.getTime() - start.getTime()) / 1000)
}

function cold(connection: Connection, { key }: Place): BakthatError {
  return new BakthatError('COLD', `${addressOf(connection.bucket, key)} is in cold storage: no link can read it now`, {
    hint: 'ask for it to be thawed first, which costs money and takes hours',
  })
}

function checkTime(seconds: number): void {
  if (Number.isSafeInteger(seconds) && seconds > 0) return
  throw new BakthatError('INVALID_INPUT', `a link cannot work for ${seconds} seconds`, {
    hint: 'give a whole number of seconds, 1 to 604800 (7 days)',
  })
}

function checkMethod(method: string): void {
  if (method === 'GET' || method === 'HEAD') return
  throw new BakthatError('INVALID_INPUT', `there are no links for ${method}`, {
    hint: 'ask for GET or HEAD: links read',
  })
}
