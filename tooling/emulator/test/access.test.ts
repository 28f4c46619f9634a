import { describe, expect, it } from '@jest/globals'
import { testCredential, type Policy } from '@bakthat/emulator/s3'

import { failure, started } from './support/client.js'

const object = { Bucket: 'plain', Key: 'backups/x' }

async function withPolicy(...Statement: Exclude<Policy['Statement'], { readonly Effect: string }>) {
  const limited = { ...testCredential, accessKeyId: 'AKIALIMITED', policy: { Statement } }
  const { s3, client } = await started({ credentials: [testCredential, limited] })
  await s3.putObject({ ...object, Body: 'x' })
  return client({ credentials: limited })
}

describe('a policy', () => {
  it('lets a writer write below its prefix and do nothing else', async () => {
    const writer = await withPolicy({
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
      Resource: 'arn:aws:s3:::plain/backups/*',
    })
    expect(await failure(writer.putObject({ ...object, Body: 'y' }))).toBe('no failure')
    expect(await failure(writer.putObject({ ...object, Key: 'else', Body: 'y' }))).toBe('AccessDenied 403')
    expect(await failure(writer.getObject(object))).toBe('AccessDenied 403')
    expect(await failure(writer.deleteObject(object))).toBe('AccessDenied 403')
    expect(await failure(writer.listObjectsV2({ Bucket: 'plain' }))).toBe('AccessDenied 403')
    expect(await failure(writer.putObject({ ...object, Body: 'y', IfMatch: '*' }))).toBe('AccessDenied 403')
    const { Errors } = await writer.deleteObjects({ Bucket: 'plain', Delete: { Objects: [{ Key: object.Key }] } })
    expect(Errors).toMatchObject([{ Code: 'AccessDenied' }])
  })

  it('that allows reading but not listing hides what is not there', async () => {
    const Resource = 'arn:aws:s3:::plain*'
    const reader = await withPolicy({ Effect: 'Allow', Action: 's3:GetObject', Resource })
    expect(await failure(reader.getObject(object))).toBe('no failure')
    expect(await failure(reader.getObject({ ...object, Key: 'none' }))).toBe('AccessDenied 403')
    expect(await failure(reader.getObject({ ...object, VersionId: 'null' }))).toBe('AccessDenied 403')
    const lister = await withPolicy({ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource })
    expect(await failure(lister.getObject({ ...object, Key: 'none' }))).toBe('NoSuchKey 404')
  })

  it('allows on conditions, and a denial goes over everything', async () => {
    const someone = await withPolicy(
      { Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { StringLike: { 's3:prefix': ['backups/*', ''] } } },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: '*', Condition: { Null: { 's3:if-none-match': 'false' } } },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
      { Effect: 'Deny', NotAction: ['s3:List*', 's3:PutObject'], Resource: '*' },
    )
    const list = (Prefix?: string) =>
      failure(someone.listObjectsV2({ Bucket: 'plain', ...(Prefix === undefined ? {} : { Prefix }) }))
    expect([await list('backups/y'), await list('else/'), await list()]).toEqual([
      'no failure',
      'AccessDenied 403',
      'AccessDenied 403',
    ])
    expect(await failure(someone.putObject({ ...object, Key: 'new', Body: 'x' }))).toBe('AccessDenied 403')
    expect(await failure(someone.putObject({ ...object, Key: 'new', Body: 'x', IfNoneMatch: '*' }))).toBe('no failure')
    expect(await failure(someone.getObject(object))).toBe('AccessDenied 403')
    expect(await failure(someone.headBucket({ Bucket: 'plain' }))).toMatch(/ 403$/)
  })

  it('with what this server does not know is an error of the test', async () => {
    const someone = await withPolicy({
      Effect: 'Allow',
      Action: 's3:*',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.1' } },
    })
    expect(await failure(someone.listBuckets({}))).toBe('InternalError 500')
  })
})
