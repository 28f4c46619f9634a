import { mkdir, readdir, rm } from 'node:fs/promises'
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
    expect(await readdir(here.directory)).toEqual(['bak'])
    await mkdir(join(here.directory, 'store'))
    await bakthat.tryOut()
    expect(await readdir(join(here.directory, 'store'))).toEqual([])
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

describe('the doctor of a directory', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip

  it('says that it is not there, and leaves nothing that was not there before', async () => {
    await using here = await place()
    const conf = { ...here.conf, local_dir: join(here.directory, 'disk/store') }
    await using bakthat = await open({ conf })
    const [first, ...others] = await bakthat.doctor()
    expect(first).toMatchObject({ subject: 'directory', verdict: 'note', found: 'not there' })
    expect(new Set(others.map(({ verdict }) => verdict))).toEqual(new Set(['good']))
    expect(await readdir(here.directory)).toEqual(['bak'])
    await mkdir(join(here.directory, 'disk/store'), { recursive: true })
    expect((await bakthat.doctor()).map(({ subject }) => subject)).not.toContain('directory')
    expect(await readdir(join(here.directory, 'disk'))).toEqual(['store'])
  })

  onLinux('says that nothing can be stored in it', async () => {
    await using here = await place()
    // Where not even root makes a file.
    await using bakthat = await open({ conf: { ...here.conf, local_dir: '/sys' } })
    expect(await bakthat.doctor()).toMatchObject([
      { subject: 'storage contract', verdict: 'problem', consequence: expect.stringMatching(/^\/sys\/.* may not be /) },
    ])
  })

  it('says that its disk is not mounted, and tries nothing', async () => {
    await using here = await place()
    await using bakthat = await open({ conf: here.conf })
    await bakthat.backup(here.tree)
    const store = join(here.directory, 'store')
    expect((await bakthat.doctor()).filter(({ verdict }) => verdict !== 'good')).toEqual([])
    await rm(store, { recursive: true })
    const expected = {
      subject: 'directory',
      verdict: 'problem',
      found: `${store} is empty, where the catalog knows a backup`,
      consequence: expect.stringMatching(/^is the disk mounted\?/) as unknown,
    }
    expect(await bakthat.doctor()).toEqual([expected])
    expect(await readdir(here.directory)).not.toContain('store')
    await mkdir(store)
    expect(await bakthat.doctor()).toEqual([expected])
    expect(await readdir(store)).toEqual([])
  })
})
