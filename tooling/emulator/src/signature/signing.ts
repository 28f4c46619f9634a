import { createHash, createHmac } from 'node:crypto'

/** SHA-256 in hexadecimal. Text is taken a byte a character, as headers come. */
export function sha256Hex(data: string | Uint8Array): string {
  const hash = createHash('sha256')
  return (typeof data === 'string' ? hash.update(data, 'latin1') : hash.update(data)).digest('hex')
}

export const emptySha256 = sha256Hex('')

/** What a signature is good for: one day, one region, one service. */
export interface Scope {
  /** `YYYYMMDD` */
  readonly date: string
  readonly region: string
  readonly service: string
}

export function scopeText({ date, region, service }: Scope): string {
  return `${date}/${region}/${service}/aws4_request`
}

/** The key that signs within a scope: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function signingKey(secretAccessKey: string, { date, region, service }: Scope): Buffer {
  return [date, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secretAccessKey}`))
}

/** The string to sign of a request. */
export function requestToSign(timestamp: string, scope: Scope, canonicalRequest: string): string {
  return ['AWS4-HMAC-SHA256', timestamp, scopeText(scope), sha256Hex(canonicalRequest)].join('\n')
}

export function sign(key: Buffer, text: string): string {
  return hmac(key, text).toString('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest()
}
