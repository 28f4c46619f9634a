import type { Answer } from '../../http/exchange.js'
import { bucketOf, verifiedDocumentOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { malformedXml, S3Failure } from '../failure.js'
import { demandLock, futureDate, retentionMode } from '../object-settings.js'
import { findObject } from '../objects.js'
import type { ObjectVersion, Retention } from '../store/version.js'
import { fields, required } from '../xml/read.js'
import { xml, xmlDocument } from '../xml/write.js'
import { bodyHeaders } from './common.js'
import { bypasses } from './delete-object.js'

const retention = { level: 'object', selectors: ['retention'], parameters: ['versionId'] } as const
const legalHold = { level: 'object', selectors: ['legal-hold'], parameters: ['versionId'] } as const

export const getObjectRetention: Operation = {
  ...retention,
  name: 'GetObjectRetention',
  method: 'GET',
  action: 's3:GetObjectRetention',
  run: (call) => {
    const { retention } = lockable(call)
    if (retention === undefined) throw noConfiguration()
    return xmlAnswer(xmlDocument('Retention', [xml('Mode', retention.mode), xml('RetainUntilDate', retention.until)]))
  },
}

export const putObjectRetention: Operation = {
  ...retention,
  name: 'PutObjectRetention',
  method: 'PUT',
  headers: [...bodyHeaders, 'x-amz-bypass-governance-retention'],
  action: 's3:PutObjectRetention',
  run: async (call) => {
    const object = lockable(call)
    const { Mode, RetainUntilDate } = fields(await verifiedDocumentOf(call, 'Retention'), ['Mode', 'RetainUntilDate'])
    if ((Mode === undefined) !== (RetainUntilDate === undefined)) throw malformedXml('Mode and RetainUntilDate')
    const wanted =
      Mode === undefined
        ? undefined
        : { mode: retentionMode(Mode.text), until: futureDate(RetainUntilDate!.text, call.now) }
    if (!mayReplace(object.retention, wanted, call))
      throw new S3Failure('AccessDenied', 'Access Denied because object protected by object lock.')
    object.retention = wanted
    return { status: 200 }
  },
}

/** What is retained may always be retained for longer; for less only in governance mode, by those who go over it. */
function mayReplace(current: Retention | undefined, wanted: Retention | undefined, call: Call): boolean {
  if (current === undefined || current.until <= call.now) return true
  const isStronger =
    wanted !== undefined &&
    wanted.until >= current.until &&
    (wanted.mode === current.mode || wanted.mode === 'COMPLIANCE')
  return isStronger || (current.mode === 'GOVERNANCE' && bypasses(call, call.key))
}

export const getObjectLegalHold: Operation = {
  ...legalHold,
  name: 'GetObjectLegalHold',
  method: 'GET',
  action: 's3:GetObjectLegalHold',
  run: (call) => xmlAnswer(xmlDocument('LegalHold', [xml('Status', lockable(call).legalHold ? 'ON' : 'OFF')])),
}

export const putObjectLegalHold: Operation = {
  ...legalHold,
  name: 'PutObjectLegalHold',
  method: 'PUT',
  headers: bodyHeaders,
  action: 's3:PutObjectLegalHold',
  run: putHold,
}

async function putHold(call: Call): Promise<Answer> {
  const object = lockable(call)
  const { Status } = fields(await verifiedDocumentOf(call, 'LegalHold'), ['Status'])
  const status = required(Status, 'Status')
  if (status !== 'ON' && status !== 'OFF') throw malformedXml('Status')
  object.legalHold = status === 'ON'
  return { status: 200 }
}

function lockable(call: Call): ObjectVersion {
  const bucket = bucketOf(call)
  demandLock(bucket)
  return findObject(call, bucket)
}

function noConfiguration(): S3Failure {
  return new S3Failure('NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration')
}
