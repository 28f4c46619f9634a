import { describe, expect, it } from '@jest/globals'
import { motoPython, startMoto } from '@bakthat/emulator/moto'

import { started } from './support/client.js'
import { withProgram } from './support/programs.js'

const python = motoPython()

const preamble = `
import hashlib, io, json, sys, time, urllib.request
import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

def client(endpoint, **more):
    return boto3.client('s3', endpoint_url=endpoint, config=Config(signature_version='s3v4', retries={'max_attempts': 1}, **more))

def failing(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response['Error']['Code'] + ' ' + str(error.response['ResponseMetadata']['HTTPStatusCode'])
    return 'no failure'

endpoint = sys.argv[1]
s3 = client(endpoint)
`

/** What both servers must give, by what boto3 sees of it. */
const everyday = `
seen = []
s3.create_bucket(Bucket='everyday')
for key in ['a b', 'a+b', 'd/1', 'd/2', 'ü']:
    s3.put_object(Bucket='everyday', Key=key, Body=key.encode(), Metadata={'key': 'plain'})
pages = s3.get_paginator('list_objects_v2').paginate(Bucket='everyday', Delimiter='/', PaginationConfig={'PageSize': 2})
for page in pages:
    seen += [one['Key'] for one in page.get('Contents', [])] + [one['Prefix'] for one in page.get('CommonPrefixes', [])]
seen.sort()
got = s3.get_object(Bucket='everyday', Key='ü', Range='bytes=1-')
seen += [got['ContentRange'], got['Metadata'], s3.get_object(Bucket='everyday', Key='a b')['ETag']]
big = bytes(range(256)) * 50000
s3.upload_fileobj(io.BytesIO(big), 'everyday', 'big', Config=TransferConfig(multipart_threshold=6 << 20, multipart_chunksize=6 << 20))
back = io.BytesIO()
s3.download_fileobj('everyday', 'big', back)
seen += [back.getvalue() == big, s3.head_object(Bucket='everyday', Key='big')['ETag']]
seen += [failing(s3.put_object, Bucket='everyday', Key='big', Body=b'', IfNoneMatch='*')]
seen += [failing(s3.get_object, Bucket='everyday', Key='never'), failing(s3.list_objects_v2, Bucket='never-made')]
seen += [failing(s3.get_object, Bucket='everyday', Key='big', Range='bytes=99999999-')]
upload = s3.create_multipart_upload(Bucket='everyday', Key='parts')['UploadId']
named = dict(Bucket='everyday', Key='parts', UploadId=upload)
tags = [s3.upload_part(**named, PartNumber=number, Body=b'x' * number)['ETag'] for number in [1, 2]]
parts = [{'ETag': tag, 'PartNumber': index + 1} for index, tag in enumerate(tags)]
seen += [[(one['PartNumber'], one['Size']) for one in s3.list_parts(**named)['Parts']]]
seen += [failing(s3.complete_multipart_upload, **named, MultipartUpload={'Parts': parts})]
s3.abort_multipart_upload(**named)
seen += [failing(s3.list_parts, **named)]
s3.put_bucket_versioning(Bucket='everyday', VersioningConfiguration={'Status': 'Enabled'})
s3.put_object(Bucket='everyday', Key='a b', Body=b'again')
s3.delete_object(Bucket='everyday', Key='a b')
versions = s3.list_object_versions(Bucket='everyday', Prefix='a b')
seen += [len(versions['Versions']), len(versions['DeleteMarkers']), versions['Versions'][1]['VersionId']]
seen += [s3.get_object(Bucket='everyday', Key='a b', VersionId='null')['Body'].read().decode()]
seen += [failing(s3.delete_bucket, Bucket='everyday')]
print(json.dumps(seen))
`

const strict = `
seen = []
url = s3.generate_presigned_url('get_object', Params={'Bucket': 'plain', 'Key': 'x', 'ResponseContentDisposition': 'attachment'}, ExpiresIn=60)
s3.put_object(Bucket='plain', Key='x', Body=b'hello', StorageClass='GLACIER', ChecksumAlgorithm='SHA256')
seen += [failing(s3.get_object, Bucket='plain', Key='x')]
seen += [s3.restore_object(Bucket='plain', Key='x', RestoreRequest={'Days': 1})['ResponseMetadata']['HTTPStatusCode']]
seen += [s3.head_object(Bucket='plain', Key='x')['Restore']]
s3.put_object(Bucket='plain', Key='x', Body=b'hello')
with urllib.request.urlopen(url) as answer:
    seen += [answer.read().decode(), answer.headers['content-disposition']]
s3.put_object(Bucket='locked', Key='y', Body=b'z')
version = s3.list_object_versions(Bucket='locked')['Versions'][0]['VersionId']
seen += [failing(s3.delete_object, Bucket='locked', Key='y', VersionId=version)]
seen += [s3.get_object_retention(Bucket='locked', Key='y')['Retention']['Mode']]
for algorithm in ['CRC32', 'SHA1', 'SHA256']:
    s3.upload_fileobj(io.BytesIO(b'ab' * 4000000), 'plain', algorithm, ExtraArgs={'ChecksumAlgorithm': algorithm},
                      Config=TransferConfig(multipart_threshold=6 << 20, multipart_chunksize=6 << 20))
    s3.get_object(Bucket='plain', Key=algorithm, ChecksumMode='ENABLED')['Body'].read()
    seen += [s3.head_object(Bucket='plain', Key=algorithm, ChecksumMode='ENABLED')['ChecksumType']]
print(json.dumps(seen))
`

const abroad = `
s3.put_object(Bucket='abroad', Key='x', Body=b'hello')
print(json.dumps([s3.get_object(Bucket='abroad', Key='x')['Body'].read().decode(), s3.head_bucket(Bucket='abroad')['BucketRegion']]))
`

;(python === undefined ? describe.skip : describe)('boto3', () => {
  it('sees of the emulator what it sees of moto', async () => {
    const { server } = await started()
    const moto = await startMoto()
    try {
      const [ours, theirs] = await Promise.all(
        [server.endpoint, moto.endpoint].map((endpoint) =>
          withProgram(server, python!, ['-c', preamble + everyday, endpoint]),
        ),
      )
      expect(JSON.parse(ours!)).toEqual(JSON.parse(theirs!))
      expect(JSON.parse(ours!)).toContain('PreconditionFailed 412')
    } finally {
      await moto.stop()
    }
  }, 180_000)

  it('is held to cold classes, locks, signed URLs and checksums', async () => {
    const { server } = await started({
      buckets: ['plain', { name: 'locked', objectLock: { mode: 'COMPLIANCE', days: 1 } }],
    })
    const seen = JSON.parse(await withProgram(server, python!, ['-c', preamble + strict, server.endpoint])) as unknown
    expect(seen).toEqual([
      'InvalidObjectState 403',
      202,
      'ongoing-request="true"',
      'hello',
      'attachment',
      'AccessDenied 403',
      'COMPLIANCE',
      'COMPOSITE',
      'COMPOSITE',
      'COMPOSITE',
    ])
  })

  it('follows a bucket to the region that the emulator names', async () => {
    const { server } = await started({ buckets: [{ name: 'abroad', region: 'eu-west-3' }] })
    const seen = JSON.parse(await withProgram(server, python!, ['-c', preamble + abroad, server.endpoint])) as unknown
    expect(seen).toEqual(['hello', 'eu-west-3'])
    expect(server.requests.map(({ status }) => status)).toContain(301)
  })
})
