import { describe, expect, it } from '@jest/globals'

import { failure, started } from './support/client.js'

const object = { Bucket: 'plain', Key: 'x' }

describe('a bucket with versions', () => {
  it('keeps every version, and a marker where one was deleted', async () => {
    const { s3 } = await started({ buckets: [{ name: 'plain', versioning: 'Enabled' }] })
    const { VersionId: one } = await s3.putObject({ ...object, Body: '1' })
    const { VersionId: two } = await s3.putObject({ ...object, Body: '2' })
    const read = async (VersionId?: string) =>
      (await s3.getObject({ ...object, ...(VersionId === undefined ? {} : { VersionId }) })).Body?.transformToString()
    expect([await read(), await read(one), await read(two)]).toEqual(['2', '1', '2'])

    const { VersionId: marker, DeleteMarker } = await s3.deleteObject(object)
    expect(DeleteMarker).toBe(true)
    expect(await failure(read())).toBe('NoSuchKey 404')
    expect(await failure(read(marker))).toBe('MethodNotAllowed 405')
    expect(await failure(read('no such version'))).toBe('NoSuchVersion 404')
    expect((await s3.listObjectsV2({ Bucket: 'plain' })).KeyCount).toBe(0)
    const { Versions, DeleteMarkers } = await s3.listObjectVersions({ Bucket: 'plain' })
    expect(Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [two, false],
      [one, false],
    ])
    expect(DeleteMarkers).toMatchObject([{ VersionId: marker, IsLatest: true }])

    await s3.deleteObject({ ...object, VersionId: marker })
    expect(await read()).toBe('2')
    await s3.deleteObject({ ...object, VersionId: two })
    expect(await read()).toBe('1')
    expect(await failure(s3.deleteBucket({ Bucket: 'plain' }))).toBe('BucketNotEmpty 409')
    await s3.deleteObject({ ...object, VersionId: one })
    expect(await failure(s3.deleteBucket({ Bucket: 'plain' }))).toBe('no failure')
  })

  it('stores under the version null before it has versions, and while they are suspended', async () => {
    const { s3 } = await started()
    const versioning = (Status: 'Enabled' | 'Suspended') =>
      s3.putBucketVersioning({ Bucket: 'plain', VersioningConfiguration: { Status } })
    const ids = async () =>
      (await s3.listObjectVersions({ Bucket: 'plain' })).Versions?.map(({ VersionId }) => VersionId)
    await s3.putObject({ ...object, Body: 'before' })
    expect((await s3.headObject(object)).VersionId).toBeUndefined()
    await versioning('Enabled')
    const { VersionId } = await s3.putObject({ ...object, Body: 'with' })
    expect(await ids()).toEqual([VersionId, 'null'])
    await versioning('Suspended')
    await s3.putObject({ ...object, Body: 'after' })
    expect(await ids()).toEqual(['null', VersionId])
    expect(await s3.deleteObject(object)).toMatchObject({ DeleteMarker: true, VersionId: 'null' })
    expect(await ids()).toEqual([VersionId])
  })

  it('is listed page by page, within one key too', async () => {
    const { s3 } = await started({ buckets: [{ name: 'plain', versioning: 'Enabled' }] })
    for (const Key of ['a', 'a', 'a', 'b']) await s3.putObject({ ...object, Key, Body: 'x' })
    await s3.deleteObject({ ...object, Key: 'b' })
    const seen = []
    let markers: { KeyMarker?: string; VersionIdMarker?: string } = {}
    for (let more = true; more;) {
      const page = await s3.listObjectVersions({ Bucket: 'plain', MaxKeys: 2, ...markers })
      seen.push([...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key }) => Key).join(''))
      more = page.IsTruncated!
      markers = { KeyMarker: page.NextKeyMarker!, VersionIdMarker: page.NextVersionIdMarker! }
    }
    expect(seen).toEqual(['aa', 'ab', 'b'])
  })

  it('removes many at once, and says which it could not', async () => {
    const { s3 } = await started({ buckets: [{ name: 'plain', objectLock: { mode: 'COMPLIANCE', days: 1 } }] })
    const { VersionId } = await s3.putObject({ ...object, Body: 'x' })
    const Objects = [{ Key: 'x' }, { Key: 'x', VersionId }, { Key: 'never' }]
    const { Deleted, Errors } = await s3.deleteObjects({ Bucket: 'plain', Delete: { Objects } })
    expect(Deleted?.map(({ Key, DeleteMarker }) => [Key, DeleteMarker])).toEqual([
      ['x', true],
      ['never', true],
    ])
    expect(Errors).toMatchObject([{ Key: 'x', VersionId, Code: 'AccessDenied' }])
    const quiet = await s3.deleteObjects({ Bucket: 'plain', Delete: { Objects: [{ Key: 'y' }], Quiet: true } })
    expect(quiet.Deleted).toBeUndefined()
  })
})
