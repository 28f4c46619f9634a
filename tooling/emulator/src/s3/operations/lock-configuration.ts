import type { Answer } from '../../http/exchange.js'
import { bucketOf, verifiedDocumentOf, xmlAnswer, type Call, type Operation } from '../call.js'
import { malformedXml, S3Failure } from '../failure.js'
import { retentionMode } from '../object-settings.js'
import type { LockRule } from '../store/bucket.js'
import { fields, integer, required, type Element } from '../xml/read.js'
import { xml, xmlDocument, type Xml } from '../xml/write.js'
import { bodyHeaders } from './common.js'

const shared = { level: 'bucket', selectors: ['object-lock'] } as const

export const getObjectLockConfiguration: Operation = {
  ...shared,
  name: 'GetObjectLockConfiguration',
  method: 'GET',
  action: 's3:GetBucketObjectLockConfiguration',
  run: (call) => {
    const { objectLock } = bucketOf(call)
    if (objectLock === undefined) {
      throw new S3Failure(
        'ObjectLockConfigurationNotFoundError',
        'Object Lock configuration does not exist for this bucket',
        { BucketName: call.bucketName },
      )
    }
    return xmlAnswer(
      xmlDocument('ObjectLockConfiguration', [xml('ObjectLockEnabled', 'Enabled'), ruleElement(objectLock.rule)]),
    )
  },
}

export const putObjectLockConfiguration: Operation = {
  ...shared,
  name: 'PutObjectLockConfiguration',
  method: 'PUT',
  headers: bodyHeaders,
  action: 's3:PutBucketObjectLockConfiguration',
  run: put,
}

/** Once on, it is on for good, and only with versions: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
async function put(call: Call): Promise<Answer> {
  const bucket = bucketOf(call)
  const { ObjectLockEnabled, Rule } = fields(await verifiedDocumentOf(call, 'ObjectLockConfiguration'), [
    'ObjectLockEnabled',
    'Rule',
  ])
  if (required(ObjectLockEnabled, 'ObjectLockEnabled') !== 'Enabled') throw malformedXml('ObjectLockEnabled')
  const rule = Rule === undefined ? undefined : parseRule(Rule)
  if (bucket.versioning !== 'Enabled') {
    throw new S3Failure(
      'InvalidBucketState',
      "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    )
  }
  bucket.objectLock = { rule }
  return { status: 200 }
}

function parseRule(element: Element): LockRule {
  const { DefaultRetention } = fields(element, ['DefaultRetention'])
  if (DefaultRetention === undefined) throw malformedXml('DefaultRetention is missing')
  const { Mode, Days, Years } = fields(DefaultRetention, ['Mode', 'Days', 'Years'])
  if ((Days === undefined) === (Years === undefined)) throw malformedXml('either Days or Years')
  const mode = retentionMode(required(Mode, 'Mode'))
  const years = Years === undefined ? undefined : integer(Years, 'Years')
  const days = years === undefined ? integer(Days, 'Days') : years * 365
  if (days < 1 || days > 36_500)
    throw new S3Failure('InvalidRetentionPeriod', 'Default retention period must be a positive integer value.')
  return { mode, days, years }
}

function ruleElement(rule: LockRule | undefined): Xml | undefined {
  if (rule === undefined) return undefined
  const period = rule.years === undefined ? xml('Days', rule.days) : xml('Years', rule.years)
  return xml('Rule', [xml('DefaultRetention', [xml('Mode', rule.mode), period])])
}
