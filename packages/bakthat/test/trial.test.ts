import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { open } from 'bakthat'
import { startS3, testCredential } from '@bakthat/emulator/s3'
import { place } from './place.js'

describe('trying a destination out', () => {
  it('stores a few bytes in a directory, and removes them', async () => {
    await using here = await place()
    await using bakthat = await open({ conf: here.conf })
    expect(await bakthat.tryOut()).toMatchObject([{ subject: 'storing', verdict: 'good' }])
    const left = await readdir(join(here.directory, 'store'), { recursive: true, withFileTypes: true })
    expect(left.filter((entry) => entry.isFile())).toEqual([])
  })

  it('tells what does not work, instead of failing', async () => {
    await using here = await place()
    await using server = await startS3({ buckets: [] })
    const { accessKeyId: access_key, secretAccessKey: secret_key } = testCredential
    const conf = { ...here.conf, s3_bucket: 'missing', endpoint: server.endpoint, access_key, secret_key }
    await using bakthat = await open({ conf })
    expect(await bakthat.tryOut()).toContainEqual(expect.objectContaining({ subject: 'bucket', verdict: 'problem' }))
  })

  it('leaves nothing in a bucket', async () => {
    await using here = await place()
    await using server = await startS3({ buckets: ['there'] })
    const { accessKeyId: access_key, secretAccessKey: secret_key } = testCredential
    const conf = { ...here.conf, s3_bucket: 'there', endpoint: server.endpoint, access_key, secret_key }
    await using bakthat = await open({ conf })
    const findings = await bakthat.tryOut()
    expect(findings.filter(({ verdict }) => verdict === 'problem')).toEqual([])
    expect(findings.length).toBeGreaterThan(2)
    expect(await bakthat.show()).toEqual([])
  })
})
