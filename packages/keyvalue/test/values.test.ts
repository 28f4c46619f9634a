import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { generateIdentity } from '@bakthat/crypto'
import { KeyValue, type Json } from '@bakthat/keyvalue'
import fc from 'fast-check'
import { withStore } from './place.js'

describe('a value', () => {
  it('comes back as it was set, whatever JSON it is, compressed or not', () =>
    withStore((kv) =>
      fc.assert(
        fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, compress) => {
          await kv.setKey('any', value, { compress })
          expect(JSON.stringify(await kv.getKey('any'))).toBe(JSON.stringify(value))
        }),
        { numRuns: 30 },
      ),
    ))

  it('has the type that the caller gives it, or is what stands in for it', () =>
    withStore(async (kv) => {
      interface Limits {
        readonly port: number
      }
      const visits: number = await kv.getKey<number>('visits', { default: 0 })
      const none: number | null = await kv.getKey<number>('visits', { default: null })
      const limits: Limits | undefined = await kv.getKey<Limits>('limits')
      const other: Json | symbol = await kv.getKey('limits', { default: Symbol.for('none') })
      expect([visits, none, limits, other]).toEqual([0, null, undefined, Symbol.for('none')])
    }))

  it('lies under the name of its key, as JSON in gzip or plain', () =>
    withStore(async (kv, { conf }) => {
      await kv.setKey('settings/web', { port: 80 })
      await kv.setKey('plain', { port: 80 }, { compress: false })
      expect(gunzipSync(await readFile(join(conf.local_dir, 'settings/web'))).toString()).toBe('{"port":80}')
      expect(await readFile(join(conf.local_dir, 'plain'), 'utf8')).toBe('{"port":80}')
    }))

  it('is not compressed where the profile says so', () =>
    withStore(
      async (kv, { conf }) => {
        await kv.setKey('plain', 'text')
        expect(await readFile(join(conf.local_dir, 'plain'), 'utf8')).toBe('"text"')
      },
      { conf: { compress: false } },
    ))

  it('may be empty, or of a hundred megabytes', () =>
    withStore(async (kv) => {
      await kv.setKey('empty', '')
      expect(await kv.getKey('empty')).toBe('')
      const large = 'bakthat '.repeat(12_500_000)
      await kv.setKey('large', large)
      expect((await kv.getKey('large')) === large).toBe(true)
    }))

  it('are refused before they are set where they would be too large to be read', () =>
    withStore(async (kv) => {
      await kv.setKey('large', 'as it was')
      const tooLarge = 'x'.repeat(256 * 1024 * 1024)
      await expect(kv.setKey('large', tooLarge)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('268435458 bytes'),
      })
      expect(await kv.getKey('large')).toBe('as it was')
    }))

  it('may have keys that JavaScript has a meaning for, and changes nothing by them', () =>
    withStore(async (kv) => {
      const value = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as unknown
      for (const key of ['__proto__', 'constructor', 'toString']) {
        await kv.setKey(key, value)
        expect(JSON.stringify(await kv.getKey(key))).toBe('{"__proto__":{"polluted":true},"constructor":1}')
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    }))

  it('is refused where JSON has no word for it', () =>
    withStore(async (kv) => {
      const circle: unknown[] = []
      circle.push(circle)
      for (const value of [undefined, (): number => 1, Symbol('s'), 1n, circle])
        await expect(kv.setKey('key', value)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await kv.hasKey('key')).toBe(false)
    }))

  it('that is damaged, or that somebody else stored, is no value', () =>
    withStore(async (kv, { conf }) => {
      await kv.setKey('key', 'x'.repeat(1000))
      const path = join(conf.local_dir, 'key')
      await writeFile(path, (await readFile(path)).subarray(0, -5))
      await expect(kv.getKey('key')).rejects.toMatchObject({ code: 'INTEGRITY' })
      await writeFile(path, gzipSync('no JSON'))
      await expect(kv.getKey('key')).rejects.toMatchObject({ code: 'INTEGRITY' })
      await writeFile(path, 'neither compressed nor JSON')
      await expect(kv.getKey('key')).rejects.toMatchObject({ code: 'INTEGRITY' })
      await writeFile(path, Buffer.from('"no UTF-8: \xff"', 'latin1'))
      await expect(kv.getKey('key')).rejects.toMatchObject({ code: 'INTEGRITY' })
    }))

  it('that would fill the memory is no value', () =>
    withStore(async (kv, { conf }) => {
      await kv.setKey('key', 'x')
      const [quote, many] = [gzipSync('"'), gzipSync(Buffer.alloc(32 << 20, 'x'))]
      await writeFile(join(conf.local_dir, 'key'), Buffer.concat([quote, ...Array<Buffer>(8).fill(many), quote]))
      await expect(kv.getKey('key')).rejects.toMatchObject({ code: 'INTEGRITY' })
    }))
})

describe('a key', () => {
  it('without a value gives nothing, or the default', () =>
    withStore(async (kv) => {
      expect(await kv.getKey('nothing')).toBeUndefined()
      expect(await kv.getKey('nothing', { default: 5 })).toBe(5)
      expect(await kv.readKey('nothing')).toBeUndefined()
      expect([await kv.hasKey('nothing'), await kv.keys()]).toEqual([false, []])
    }))

  it('is deleted, once or twice', () =>
    withStore(async (kv) => {
      await kv.setKey('key', 1)
      await kv.deleteKey('key')
      await kv.deleteKey('key')
      expect(await kv.getKey('key')).toBeUndefined()
    }))

  it('is told by the storage, beside backups that are not', () =>
    withStore(async (kv, { conf }) => {
      await mkdir(join(conf.local_dir, '.bakthat/manifests'), { recursive: true })
      for (const name of ['photos.20260316090000.tgz', 'db.sql.20260316090000.zst.age', 'old.20260316090000.tgz.enc'])
        await writeFile(join(conf.local_dir, name), '')
      await writeFile(join(conf.local_dir, '.bakthat/manifests/photos.20260316090000.tgz.json'), '{}')
      await writeFile(join(conf.local_dir, 'bakthat_glacier_inventory'), '[]')
      for (const key of ['b', 'web/b', 'web/a', 'webs']) await kv.setKey(key, key)
      expect(await kv.keys()).toEqual(['b', 'web/a', 'web/b', 'webs'])
      expect(await kv.keys('web/')).toEqual(['web/a', 'web/b'])
    }))

  it('is refused where a backup, or what is kept about them, could have that name, or nothing can', () =>
    withStore(async (kv) => {
      const names = ['photos.20260316090000.tgz', 'a.20260316090000', '.bakthat/x', 'bakthat_glacier_inventory']
      for (const key of [...names, '', '../up', 'a//b'])
        for (const call of [kv.setKey(key, 1), kv.getKey(key), kv.deleteKey(key), kv.hasKey(key)])
          await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await expect(kv.getKey('../up')).rejects.toThrow('a key cannot be named "../up"')
      await expect(kv.setKey(5 as unknown as string, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }))
})

describe('encryption', () => {
  it('is with a password, which alone opens the value', () =>
    withStore(async (kv, { conf }) => {
      await kv.setKey('my_encrypted_key', 'myvalue', { password: 'mypassword' })
      expect(await kv.getKey('my_encrypted_key', { password: 'mypassword' })).toBe('myvalue')
      expect(await readFile(join(conf.local_dir, 'my_encrypted_key'), 'latin1')).toMatch(/^age-encryption.org\/v1\n/)
      for (const options of [{}, { password: 'another' }])
        await expect(kv.getKey('my_encrypted_key', options)).rejects.toMatchObject({ code: 'WRONG_KEY' })
    }))

  it('is to recipients, of the call or of the profile', async () => {
    const [ours, theirs] = await Promise.all([generateIdentity(), generateIdentity()])
    await withStore(
      async (kv) => {
        await kv.setKey('profile', 1)
        await kv.setKey('call', 2, { recipients: [theirs.recipient] })
        expect(await kv.getKey('profile', { identity: ours.identity })).toBe(1)
        expect(await kv.getKey('call', { identity: [ours.identity, theirs.identity] })).toBe(2)
        await expect(kv.getKey('call', { identity: ours.identity })).rejects.toMatchObject({ code: 'WRONG_KEY' })
      },
      { conf: { recipients: [ours.recipient] } },
    )
  })

  it('is refused with an empty password, or with two kinds of keys', () =>
    withStore(async (kv) => {
      const { recipient } = await generateIdentity()
      for (const options of [{ password: '' }, { password: 'p', recipients: [recipient] }, { recipients: [] }])
        await expect(kv.setKey('key', 1, options)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await kv.hasKey('key')).toBe(false)
    }))

  it('is refused with what a caller in JavaScript takes for keys, and stored by none of it in the clear', () =>
    withStore(async (kv) => {
      const { recipient } = await generateIdentity()
      for (const options of [{ password: null }, { password: 5 }, { recipients: null }, { recipients: recipient }])
        await expect(kv.setKey('key', 1, options as object)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await kv.hasKey('key')).toBe(false)
      await kv.setKey('key', 1, { recipients: [recipient] })
      const options = { identity: null } as object
      await expect(kv.getKey('key', options)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await kv.setKey('key', 1, { password: '5' })
      for (const password of [5, null])
        await expect(kv.getKey('key', { password } as object)).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          message: 'the passphrase is not a text',
        })
    }))
})

describe('settings that are none', () => {
  it('do not mean those of the configuration file', async () => {
    await using kv = new KeyValue({ conf: null } as object)
    await expect(kv.hasKey('key')).rejects.toMatchObject({ code: 'INVALID_CONFIG' })
  })
})

describe('at the same time', () => {
  it('the last of several sets wins, and no value is a mixture', () =>
    withStore(async (kv, place) => {
      await using other = place.open()
      const values = Array.from({ length: 8 }, (_, index) => String(index).repeat(1000 * (index + 1)))
      await Promise.all(values.map((value, index) => (index % 2 ? kv : other).setKey('key', value)))
      expect(values).toContain(await kv.getKey('key'))
      await kv.setKey('key', 'last')
      expect(await other.getKey('key')).toBe('last')
    }))

  it('of several sets with one etag one wins, and so no increment is lost', () =>
    withStore(async (kv, place) => {
      await using other = place.open()
      const { etag } = await kv.setKey('counter', 0, { ifMatch: null })
      const outcomes = await Promise.allSettled(
        [kv, other, kv].map((store, index) => store.setKey('counter', index + 1, { ifMatch: etag })),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const lost = outcomes.find((outcome) => outcome.status === 'rejected')
      expect(lost?.reason).toMatchObject({ code: 'ALREADY_EXISTS' })
      const current = await kv.readKey('counter')
      await expect(kv.deleteKey('counter', { ifMatch: etag })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      await kv.deleteKey('counter', { ifMatch: current!.etag })
      expect(await kv.hasKey('counter')).toBe(false)
    }))
})
