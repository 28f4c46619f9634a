import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'
import { openCatalog, type Catalog } from '@bakthat/catalog'
import { KeyValue } from '@bakthat/keyvalue'
import { openLocal } from '@bakthat/local'
import type { StorageBackend } from '@bakthat/storage'
import { Place, withStore } from './place.js'

describe('the catalog', () => {
  it('lists a value once, however often it was set, and not any more once it was deleted', () =>
    withStore(async (kv, place) => {
      await kv.setKey('settings', { port: 80 })
      await kv.setKey('settings', { port: 8080 }, { compress: false })
      expect(place.rows()).toMatchObject([
        {
          filename: 'settings',
          storedFilename: 'settings',
          backend: 'local',
          size: 13,
          metadata: { KeyValue: true, is_gzipped: false, is_enc: false },
        },
      ])
      await kv.deleteKey('settings')
      expect(place.rows()).toEqual([])
    }))

  it('lists a value as it is after a change that was refused, for it was not what it had been', () =>
    withStore(async (kv, place) => {
      await kv.setKey('settings', { port: 80 })
      const listed = place.rows()
      const changed = { ifMatch: 'what it was before' }
      await expect(kv.setKey('settings', [8080], changed)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      await expect(kv.deleteKey('settings', changed)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      expect(place.rows()).toEqual(listed)
    }))

  it('keeps a value from being deleted whose note it could not take back', () =>
    withStore(async (kv, place) => {
      await kv.setKey('settings', { port: 80 })
      const database = join(place.directory, 'no-catalog')
      await writeFile(database, 'a file of somebody else, which is no database')
      await using elsewhere = new KeyValue({ conf: { ...place.conf, database } })
      await expect(elsewhere.deleteKey('settings')).rejects.toMatchObject({ code: 'CATALOG' })
      expect(await kv.getKey('settings')).toEqual({ port: 80 })
    }))

  it('is asked only for what an index finds, however many values it lists', () =>
    withStore(async (kv) => {
      const catalogs = Object.getPrototypeOf(openCatalog({ path: ':memory:' })) as Catalog
      const finding = jest.spyOn(catalogs, 'find')
      try {
        await kv.setKey('settings', { port: 80 })
        await kv.deleteKey('settings')
        const queries = finding.mock.calls.map(([query]) => query)
        expect(queries.length).toBeGreaterThan(0)
        for (const query of queries) expect(query).toMatchObject({ backend: 'local', container: expect.any(String) })
      } finally {
        finding.mockRestore()
      }
    }))

  it('that fails to be closed leaves no connection open', () =>
    withStore(async (kv, place) => {
      await kv.setKey('settings', { port: 80 })
      const catalogs = Object.getPrototypeOf(openCatalog({ path: ':memory:' })) as Catalog
      const stores = Object.getPrototypeOf(openLocal(place.directory)) as StorageBackend
      const jammed = jest.spyOn(catalogs, 'close').mockImplementationOnce(() => {
        throw new Error('jammed')
      })
      const closing = jest.spyOn(stores, 'close')
      try {
        await expect(kv.close()).rejects.toThrow('jammed')
        expect(closing).toHaveBeenCalledTimes(1)
      } finally {
        jammed.mockRestore()
        closing.mockRestore()
      }
    }))

  it('may be lost: values are read without it', () =>
    withStore(async (kv, place) => {
      await kv.setKey('settings', { port: 80 })
      await using elsewhere = new KeyValue({ conf: { ...place.conf, database: join(place.directory, 'other.sqlite') } })
      expect(await elsewhere.getKey('settings')).toEqual({ port: 80 })
      expect(await elsewhere.keys()).toEqual(['settings'])
    }))
})

/** Made by Python's `json` and `gzip`, and Blowfish of its `cryptography` in the layout of beefish; the password is `mypassword`. */
const python = {
  gzip: 'H4sIAKA3rlEC/6tWKs7PTVWyUlBKSSxJVNJRUMoDcqINdRSM9Ex1FPJKc3JiawGsoYM/JQAAAA==',
  plain: Buffer.from('{"some": "data", "n": [1, 2.5, null]}').toString('base64'),
  'gzip and beefish': '7vX8jZWAi6cPkZXzaBglSG4HtX0mX4h4u6YSvhEn5UiaO/HO8203UYeQ92AFQe+vdP29OxYv0UiP4SndvtzUTg==',
  beefish: 'EhFXxDDYsysmIhWWQlnbkOxS2aqDRZnENq8nA++fv4u3BFl9QQVG5Am1FrFpdnVo',
}

describe('what the Python tool wrote', () => {
  for (const [form, stored] of Object.entries(python)) {
    it(`is read: ${form}`, async () => {
      await using place = await Place.make()
      await mkdir(place.conf.local_dir)
      await writeFile(join(place.conf.local_dir, 'mykey'), Buffer.from(stored, 'base64'))
      noteAsPythonDid(place, { is_gzipped: form.includes('gzip'), is_enc: form.includes('beefish') })
      await using kv = place.open()
      const value = { some: 'data', n: [1, 2.5, null] }
      expect(await kv.getKey('mykey', { password: 'mypassword' })).toEqual(value)
      if (!form.includes('beefish')) return
      await expect(kv.getKey('mykey')).rejects.toMatchObject({ code: 'WRONG_KEY' })
      const wrong = kv.getKey('mykey', { password: 'another' })
      await expect(wrong).rejects.toMatchObject({ code: form === 'beefish' ? 'INTEGRITY' : 'WRONG_KEY' })
    })
  }

  it('is listed as one value with what replaces it', async () => {
    await using place = await Place.make()
    await mkdir(place.conf.local_dir)
    noteAsPythonDid(place, { is_gzipped: true, is_enc: false })
    await using kv = place.open()
    await kv.setKey('mykey', 1)
    expect(place.rows()).toHaveLength(1)
    await kv.deleteKey('mykey')
    expect(place.rows()).toEqual([])
  })
})

/** It wrote no container. */
function noteAsPythonDid({ conf }: Place, flags: { readonly is_gzipped: boolean; readonly is_enc: boolean }): void {
  const catalog = openCatalog({ path: conf.database })
  catalog.record({
    backend: 'local',
    container: '',
    backupDate: new Date(1_370_372_000_000),
    filename: 'mykey',
    storedFilename: 'mykey',
    tags: [],
    metadata: { KeyValue: true, ...flags },
    host: '',
    pid: 0,
    size: 0,
    sha256: '',
    locator: 'mykey',
  })
  catalog.close()
}
