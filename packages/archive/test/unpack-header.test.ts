import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Header, Pax, type HeaderData } from 'tar'
import { inspect, type ArchiveEntry } from '@bakthat/archive'
import { entryTypes, libraryTypes } from './library-types.js'
import { chunked, endOfArchive, entry, tar } from './unpack-support.js'

const component = fc.stringMatching(/^[ -.0-~]{1,40}$/).filter((name) => name !== '.' && name !== '..')
const entries = fc.record({
  type: fc.constantFrom(...entryTypes),
  path: fc.array(component, { minLength: 1, maxLength: 6 }).map((components) => components.join('/')),
  linkpath: fc.array(component, { minLength: 1, maxLength: 2 }).map((components) => components.join('/')),
  mode: fc.nat({ max: 0o7777 }),
  uid: fc.oneof(fc.nat({ max: 0o7777777 }), fc.nat({ max: 2 ** 32 - 1 })),
  gid: fc.oneof(fc.nat({ max: 0o7777777 }), fc.nat({ max: 2 ** 32 - 1 })),
  // From 8 GiB on in base 256.
  seconds: fc.oneof(fc.integer({ min: -(2 ** 33), max: 2 ** 35 }), fc.nat({ max: 2 ** 31 })),
  uname: fc.stringMatching(/^[a-z][a-z0-9_-]{0,30}$/),
  gname: fc.stringMatching(/^[a-z][a-z0-9_-]{0,30}$/),
  size: fc.oneof(fc.constant(0), fc.nat({ max: 2000 })),
})

type Wanted = typeof entries extends fc.Arbitrary<infer Value> ? Value : never

function headerOf(wanted: Wanted): { readonly block: Buffer; readonly isWhole: boolean } {
  const { type, seconds, size, linkpath } = wanted
  const fields: HeaderData = { ...wanted, type: libraryTypes[type], mtime: new Date(seconds * 1000), size: 0 }
  fields.size = type === 'file' ? size : 0
  fields.linkpath = type === 'symlink' || type === 'hardlink' ? linkpath : ''
  const header = new Header(fields)
  const block = Buffer.alloc(512)
  header.encode(block, 0)
  // Where a path does not fit, the library wants a pax header; for large numbers, too, but it writes those in base 256 as well.
  return { isWhole: new Header(block, 0).path === wanted.path, block }
}

async function readEntries(archive: Buffer): Promise<ArchiveEntry[]> {
  const found: ArchiveEntry[] = []
  await inspect(chunked(archive, 700), { onEntry: (entry) => found.push(entry) })
  return found
}

describe('headers of the tar library', () => {
  it('are read as they were meant', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entries, { minLength: 1, maxLength: 5 }), async (list) => {
        const wanted = list.map((each) => ({ each, ...headerOf(each) })).filter(({ isWhole }) => isWhole)
        fc.pre(wanted.length > 0)
        const parts = wanted.map(({ each, block }) => {
          const body = Buffer.alloc(each.type === 'file' ? Math.ceil(each.size / 512) * 512 : 0, 'x')
          return Buffer.concat([block, body])
        })
        const expected = wanted.map(
          ({ each: { type, path, linkpath, mode, uid, gid, uname, gname, seconds, size } }) => ({
            type,
            path,
            ...((type === 'symlink' || type === 'hardlink') && { linkTarget: linkpath }),
            size: type === 'file' ? size : 0,
            mode,
            uid,
            gid,
            userName: uname,
            groupName: gname,
            mtimeNs: BigInt(seconds) * 1_000_000_000n,
          }),
        )
        expect(await readEntries(Buffer.concat([...parts, endOfArchive]))).toEqual(expected)
      }),
    )
  })

  it('are told from any other block: no byte may be changed', async () => {
    const { block } = headerOf({ ...sample, type: 'file', size: 0 })
    const archive = Buffer.concat([block, block, endOfArchive])
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 511 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const altered = Buffer.from(archive)
        altered[512 + at]! ^= change
        const outcome = await readEntries(altered).catch((error: unknown) => (error as { code: string }).code)
        // The checksum's own field may be written in other ways.
        if (at < 148 || at >= 156) expect(outcome).toBe('INTEGRITY')
      }),
    )
  })

  it('give way to the records of a pax header', async () => {
    const records = { path: 'a/long name', size: 700, uid: 4_000_000_000, uname: 'somebody', mtime: new Date(1234.5e3) }
    const pax = new Pax(records).encode()
    const { block } = headerOf({ ...sample, type: 'file', size: 0 })
    const [found] = await readEntries(Buffer.concat([pax, block, Buffer.alloc(1024), endOfArchive]))
    expect(found).toMatchObject({
      path: 'a/long name',
      size: 700,
      uid: 4_000_000_000,
      userName: 'somebody',
      mtimeNs: 1_234_500_000_000n,
    })
  })
})

describe('headers of old tars', () => {
  it.each(['          1 ', '\0         1\0', '1\0 \0', '00000000001'])(
    'may have their numbers anywhere: %j',
    async (size) => {
      expect(await readEntries(tar(entry({ size, body: 'x' })))).toMatchObject([{ size: 1 }])
    },
  )

  it('may have summed their bytes as signed ones', async () => {
    const sabotage = (header: Buffer): void => {
      header.fill(' ', 148, 156)
      const sum = new Int8Array(header).reduce((total, byte) => total + byte, 0)
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    }
    expect(await readEntries(tar(entry({ name: '\xe4\xf6', sabotage })))).toMatchObject([{ path: '\xe4\xf6' }])
  })
})

const sample: Wanted = {
  type: 'file',
  path: 'sample',
  linkpath: 'x',
  mode: 0o644,
  uid: 1000,
  gid: 1000,
  seconds: 1_600_000_000,
  uname: 'user',
  gname: 'group',
  size: 0,
}
