import { describe, expect, it } from '@jest/globals'
import { s3 } from '@bakthat/s3'
import { roles } from '@bakthat/storage'

import { withAwsSetUp } from './aws-set-up.js'

interface Statement {
  readonly Sid: string
  readonly Action: readonly string[]
  readonly Resource: string
  readonly Condition?: object
}

const statementsOf = (settings: object, role: (typeof roles)[number]): readonly Statement[] =>
  (s3.accessPolicy({ s3_bucket: 'backups', ...settings }, role) as { Statement: Statement[] }).Statement

describe('the policy of a role', () => {
  it('is about the bucket and the prefix, whose stars mean themselves', () => {
    const statements = statementsOf({ s3_prefix: 'a*b?$/' }, 'reader')
    const prefix = 'a${*}b${?}${$}/*'
    expect(statements.map(({ Resource }) => Resource)).toEqual([
      `arn:aws:s3:::backups/${prefix}`,
      'arn:aws:s3:::backups',
    ])
    expect(statements[1]?.Condition).toEqual({ StringLike: { 's3:prefix': prefix } })
  })

  it('names the partition that the region is in', () => {
    const arn = (region_name: string): string | undefined => statementsOf({ region_name }, 'writer')[0]?.Resource
    expect(arn('cn-north-1')).toBe('arn:aws-cn:s3:::backups/*')
    expect(arn('us-gov-west-1')).toBe('arn:aws-us-gov:s3:::backups/*')
    expect(arn('eusc-de-east-1')).toBe('arn:aws-eusc:s3:::backups/*')
    expect(arn('eu-central-1')).toBe('arn:aws:s3:::backups/*')
  })

  it('goes by the region of the endpoint, or of the AWS tools, where the profile has none', async () => {
    const endpoint = 'https://s3.cn-north-1.amazonaws.com.cn'
    expect(statementsOf({ endpoint }, 'writer')[0]?.Resource).toBe('arn:aws-cn:s3:::backups/*')
    await withAwsSetUp({ environment: { AWS_REGION: 'us-gov-east-1' } }, () => {
      expect(statementsOf({}, 'writer')[0]?.Resource).toBe('arn:aws-us-gov:s3:::backups/*')
      return Promise.resolve()
    })
  })

  it.each([
    ['arn:aws:kms:eu-central-1:123456789012:key/1', 'arn:aws:kms:eu-central-1:123456789012:key/1', undefined],
    ['1234', 'arn:aws:kms:*:*:key/1234', undefined],
    [
      'alias/backups',
      'arn:aws:kms:*:*:key/*',
      { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/backups' } },
    ],
  ])('lets the key %s be used by who stores and who reads', (sse_kms_key_id, resource, condition) => {
    const actions = (role: (typeof roles)[number]): unknown =>
      statementsOf({ sse: 'aws:kms', sse_kms_key_id }, role).find(({ Sid }) => Sid === 'Key')
    expect(actions('writer')).toMatchObject({
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: resource,
      ...(condition === undefined ? {} : { Condition: condition }),
    })
    expect(actions('reader')).toMatchObject({ Action: ['kms:Decrypt'] })
    expect(actions('rotator')).toBeUndefined()
  })

  it('lets a writer replace nothing on Amazon, and asks no other server for conditions that it may not know', () => {
    const putting = (settings: object): unknown =>
      statementsOf(settings, 'writer')
        .filter(({ Action }) => Action.includes('s3:PutObject'))
        .map(({ Condition }) => Condition)
    expect(putting({})).toEqual([
      { Null: { 's3:if-none-match': 'false' } },
      { Bool: { 's3:ObjectCreationOperation': 'false' } },
    ])
    expect(putting({ endpoint: 'https://minio.example.org' })).toEqual([undefined])
  })

  it('never lets anyone pass over a lock', () => {
    for (const role of roles) {
      const policy = JSON.stringify(statementsOf({ object_lock: { mode: 'governance', days: 1 } }, role))
      expect(policy).not.toMatch(/Bypass|s3:\*/)
    }
  })
})
