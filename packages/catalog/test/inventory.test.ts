import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from '@jest/globals'

import { add, Place } from './place.js'

const pythonTool = fileURLToPath(new URL('fixtures/python-tool.sqlite', import.meta.url))

/** A catalog that the Python tool wrote: two rows of one bucket, one of a vault, and one that says not where it is. */
class OldPlace extends Place {
  constructor() {
    super()
    copyFileSync(pythonTool, this.database)
  }

  /** How the Python tool told the destination of a row apart from others. */
  hashOf(id: number): string {
    return String(this.rows(`SELECT backend_hash FROM backups WHERE id = ${id}`)[0]?.['backend_hash'])
  }
}

describe('the inventory', () => {
  it('keeps which archive of a container holds what, apart from other containers', () => {
    using place = new Place()
    const { inventory } = place.catalog()
    inventory.record('vault', { archiveId: 'a1', filename: 'photos.tgz' })
    inventory.record('vault', { archiveId: 'a2', filename: 'site.tgz' })
    inventory.record('another', { archiveId: 'a3', filename: 'photos.tgz' })
    expect(inventory.find('vault', 'photos.tgz')).toStrictEqual({ archiveId: 'a1', filename: 'photos.tgz' })
    expect(inventory.find('vault', 'photos')).toBeUndefined()
    expect(inventory.list('vault').map(({ archiveId }) => archiveId)).toEqual(['a1', 'a2'])
  })

  it('takes what is known of an archive anew, and finds the last of several', () => {
    using place = new Place()
    const { inventory } = place.catalog()
    inventory.record('vault', { archiveId: 'a1', filename: 'photo.tgz' })
    inventory.record('vault', { archiveId: 'a1', filename: 'photos.tgz' })
    inventory.record('vault', { archiveId: 'a2', filename: 'photos.tgz' })
    expect(inventory.list('vault')).toHaveLength(2)
    expect(inventory.find('vault', 'photos.tgz')).toMatchObject({ archiveId: 'a2' })
    inventory.forget('a2')
    inventory.forget('a2')
    expect(inventory.find('vault', 'photos.tgz')).toMatchObject({ archiveId: 'a1' })
  })
})

describe('claim', () => {
  const s3 = { backend: 's3', container: 's3.eu-west-1/bucket' }

  it('gives the rows of the Python tool their container, of one destination and no other', () => {
    using place = new OldPlace()
    const catalog = place.catalog()
    const backendHash = place.hashOf(1)
    expect(catalog.claim({ ...s3, backendHash: 'ab'.repeat(64) })).toBe(0)
    expect(catalog.claim({ ...s3, backend: 'glacier', backendHash })).toBe(0)
    expect(catalog.claim({ ...s3, backendHash })).toBe(2)
    expect(catalog.newest({ container: s3.container, filename: 'mydir' })).toMatchObject({ id: 1 })
    expect(catalog.find({ container: '' }).map(({ id }) => id)).toEqual([3, 4])
    expect(catalog.claim({ ...s3, backendHash })).toBe(0)
  })

  it('gives a vault the archives that its rows name', () => {
    using place = new OldPlace()
    const catalog = place.catalog()
    const container = 'eu-west-1/vault'
    const others = { archiveId: 'archive-9', filename: 'café.20130606191055.tgz' }
    catalog.inventory.record('eu-west-1/another', others)
    expect(catalog.inventory.list('')).toHaveLength(1)
    expect(catalog.claim({ backend: 'glacier', backendHash: place.hashOf(3), container })).toBe(1)
    expect(catalog.inventory.list('')).toEqual([])
    expect(catalog.inventory.find(container, 'café.20130606191055.tgz')).toMatchObject({ archiveId: 'archive-1' })
    expect(catalog.inventory.list('eu-west-1/another')).toEqual([others])
  })

  it('leaves a row alone whose stored name the container has already', () => {
    using place = new OldPlace()
    const catalog = place.catalog()
    const storedFilename = 'mydir.20130604191055.tgz.enc'
    const row = add(catalog, { ...s3, filename: 'mydir', storedFilename })
    expect(catalog.claim({ ...s3, backendHash: place.hashOf(1) })).toBe(1)
    expect(catalog.find({ container: s3.container, storedFilename })).toStrictEqual([row])
  })

  it('waits for nobody who writes, where there is nothing to claim', () => {
    using place = new OldPlace()
    const catalog = place.catalog()
    place.sqlite().exec('BEGIN IMMEDIATE')
    expect(catalog.claim({ ...s3, backendHash: 'ab'.repeat(64) })).toBe(0)
  })
})
