import { describe, expect, it, jest } from '@jest/globals'
import { settableClock, type S3Options as ServerOptions } from '@bakthat/emulator/s3'
import { createBucket, openS3, type S3Backend, type S3Options } from '@bakthat/s3'
import type { Finding } from '@bakthat/storage'

import { failureOf } from './bytes.js'
import { accessKeyId, bucketName, emulated, inBucket, onEmulated, secretAccessKey } from './emulated.js'

async function findingsOf(backend: S3Backend): Promise<Map<string, Finding>> {
  const findings = new Map<string, Finding>()
  for await (const finding of backend.diagnose({ scratch: 'scratch-1/' })) findings.set(finding.subject, finding)
  return findings
}

/** What is found out on a server, which is left as it was. */
async function findingsOn(
  server: ServerOptions = {},
  more: Partial<S3Options> = {},
  bucket: Parameters<typeof onEmulated>[3] = {},
): Promise<Map<string, Finding>> {
  await using at = await emulated(server, bucket)
  const findings = await findingsOf(at.open(more))
  expect(inBucket(at)).toEqual({ objects: [], uploads: [] })
  return findings
}

const verdictOf = (findings: Map<string, Finding>, subject: string): string => {
  const { verdict = 'absent', found = '' } = findings.get(subject) ?? {}
  return `${verdict}: ${found}`
}

describe('what is found out', () => {
  it('about a bucket like those of Amazon is good', async () => {
    const findings = await findingsOn({}, { storageClass: 'GLACIER' }, { versioning: 'Enabled' })
    const others = [...findings.values()].filter(({ verdict }) => verdict !== 'good').map(({ subject }) => subject)
    expect(others).toEqual(['object lock', 'unfinished uploads'])
    expect([...findings.keys()]).toEqual([
      'bucket',
      'clock',
      'versions',
      'object lock',
      'unfinished uploads',
      'storing',
      'listing',
      'reading',
      'conditional writes',
      'checksums',
      'uploads in parts',
      'conditional uploads in parts',
      'finding unfinished uploads',
      'storage class',
      'removing',
    ])
  })

  it.each([
    ['ignored', 'problem: ignored by the server', 'problem: the condition is ignored'],
    ['refused', 'note: not known to the server', 'note: the server does not know the condition'],
    ['honoured', 'good: honoured', 'good: honoured'],
  ] as const)('says that conditions are %s', async (conditionalWrites, single, inParts) => {
    const findings = await findingsOn({ features: { conditionalWrites } })
    expect(verdictOf(findings, 'conditional writes')).toBe(single)
    expect(verdictOf(findings, 'conditional uploads in parts')).toBe(inParts)
  })

  it('says what is not asked of a server that is not Amazon', async () => {
    const findings = await findingsOn({}, { provider: 'minio' })
    expect(verdictOf(findings, 'checksums')).toBe('note: checked, but not asked for with this provider')
    const without = await findingsOn({ features: { checksums: 'refused' } }, { provider: 'minio' })
    expect(verdictOf(without, 'checksums')).toBe('note: not checked by the server')
  })

  it.each([
    [30, 'good: agrees with the server'],
    [-120, 'note: 120 seconds ahead of the server'],
    [600, 'problem: 600 seconds behind the server'],
  ])('compares the clocks: the one of the server is %i seconds ahead', async (seconds, expected) => {
    const wallClock = settableClock(new Date('2026-03-01T00:00:00Z'))
    const now = wallClock.now()
    wallClock.advance(seconds * 1000)
    expect(verdictOf(await findingsOn({ wallClock }, { now: () => now }), 'clock')).toBe(expected)
  })

  it('tells a lock that was asked for and is not there, and one that nobody asked for', async () => {
    const objectLock = { mode: 'governance', days: 3 } as const
    expect(verdictOf(await findingsOn({}, { objectLock }), 'object lock')).toBe('problem: off')
    expect(verdictOf(await findingsOn({}, { objectLock }, { objectLock: true }), 'object lock')).toBe('good: on')
    const locking = await findingsOn({}, {}, { objectLock: { mode: 'COMPLIANCE', days: 3 } })
    expect(verdictOf(locking, 'object lock')).toBe('note: on')
    expect(verdictOf(locking, 'storing')).toBe('note: not tried out')
  })

  it('tells rules that clear what is left, and rules that meddle with backups', async () => {
    await using at = await emulated({ buckets: [] })
    await createBucket(at.options)
    expect(verdictOf(await findingsOf(at.open()), 'unfinished uploads')).toBe('good: cleared after 30 days')
    at.server.buckets.get(bucketName)!.lifecycle = lifecycle
    const findings = await findingsOf(at.open({ prefix: 'p/' }))
    expect(verdictOf(findings, 'unfinished uploads')).toBe('note: no rule clears them')
    expect(verdictOf(findings, 'lifecycle rules')).toBe('problem: the rule old deletes objects by age')
  })

  it.each([
    '<Tag><Key>keep</Key><Value>no</Value></Tag>',
    '<And><Prefix></Prefix><Tag><Key>keep</Key><Value>no</Value></Tag></And>',
  ])('takes no rule for meddling that is about tags, which backups have none of: %s', async (filter) => {
    await using at = await emulated()
    at.server.buckets.get(bucketName)!.lifecycle = lifecycle.replaceAll(/<Prefix>.*?<\/Prefix>/g, filter)
    expect(verdictOf(await findingsOf(at.open()), 'lifecycle rules')).toBe('absent: ')
  })

  it('tells of what the server does not have', async () => {
    const without = ['GetObjectLockConfiguration', 'GetBucketVersioning', 'GetBucketLifecycleConfiguration']
    const findings = await findingsOn({ features: { without } })
    for (const subject of ['versions', 'object lock', 'unfinished uploads']) {
      expect(verdictOf(findings, subject)).toBe('note: not known to the server')
    }
    const parts = await findingsOn({ features: { without: ['CreateMultipartUpload'] } })
    expect(verdictOf(parts, 'uploads in parts')).toMatch(/^problem: /)
  })

  it('ends where there is no bucket, or nothing answers', () =>
    onEmulated(async (_, at) => {
      const missing = await findingsOf(at.open({ bucket: 'never-made' }))
      expect([...missing.keys()]).toEqual(['bucket', 'clock'])
      expect(verdictOf(missing, 'bucket')).toBe('problem: there is none of that name')
      const backend = openS3({ ...at.options, endpoint: 'http://127.0.0.1:9' })
      expect(verdictOf(await findingsOf(backend), 'bucket')).toMatch(/^problem: .*nothing answers there/)
      await backend.close()
    }))

  it.each([
    ['key', { accessKeyId: 'AKIANOBODY', secretAccessKey }, 'the access key is not known there'],
    ['secret', { accessKeyId, secretAccessKey: 'another' }, 'the secret key is not the right one'],
  ])('ends where the %s is wrong: that is no lack of permissions', (_, credentials, said) =>
    onEmulated(async (_backend, at) => {
      const findings = await findingsOf(at.open({ credentials }))
      expect([...findings.keys()]).toEqual(['bucket', 'clock'])
      expect(findings.get('bucket')).toMatchObject({ verdict: 'problem', found: expect.stringContaining(said) })
    }),
  )

  it('is cleaned up after an interruption too', () =>
    onEmulated(async (backend, at) => {
      const controller = new AbortController()
      const diagnosing = async (): Promise<void> => {
        const options = { scratch: 'scratch-1/', signal: controller.signal }
        for await (const { subject } of backend.diagnose(options))
          if (subject === 'conditional writes') controller.abort()
      }
      expect(await failureOf(diagnosing())).toMatchObject({ code: 'INTERRUPTED' })
      expect(inBucket(at)).toEqual({ objects: [], uploads: [] })
    }))

  it('says that what was tried could not be removed in time, which is no interruption', () =>
    onEmulated(async (backend) => {
      const over = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort())
      try {
        expect((await findingsOf(backend)).get('removing')).toMatchObject({
          verdict: 'problem',
          found: 'the server took longer than 30 seconds',
          consequence: 'what was tried out stays under scratch-1/',
        })
      } finally {
        over.mockRestore()
      }
    }))
})

const lifecycle = `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Rule><ID>others</ID><Status>Enabled</Status><Filter><Prefix>q/</Prefix></Filter><AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
<Rule><ID>old</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><Expiration><Days>30</Days></Expiration></Rule>
</LifecycleConfiguration>`

describe('a bucket that is made', () => {
  it('has the rule that clears stale uploads, and locks where that was asked for, with a word about it', async () => {
    await using at = await emulated({ buckets: [], region: 'eu-central-1' })
    const options = { ...at.options, region: 'eu-central-1' }
    expect(await createBucket(options)).toEqual({ clearsStaleUploads: true, notices: [] })
    const locked = { ...options, bucket: 'locked', objectLock: { mode: 'governance', days: 1 } } as const
    expect((await createBucket(locked)).notices).toEqual([expect.stringContaining('ever be turned off')])
    expect(at.server.buckets.get('locked')).toMatchObject({ versioning: 'Enabled', objectLock: expect.anything() })
  })

  it('says so where the server takes no rule', async () => {
    await using at = await emulated({ buckets: [], features: { without: ['PutBucketLifecycleConfiguration'] } })
    expect(await createBucket(at.options)).toEqual({
      clearsStaleUploads: false,
      notices: [expect.stringContaining('bakthat cleanup')],
    })
  })

  it('is left alone where there is one', () =>
    onEmulated(async (_, at) => {
      await expect(createBucket(at.options)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      expect(at.server.buckets.get(bucketName)!.lifecycle).toBeUndefined()
      expect(at.asked()).toEqual(['HeadBucket'])
    }))
})
